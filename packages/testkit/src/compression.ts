import assert from 'node:assert/strict';
import {
  createLayout,
  createParameters,
  Random,
  type Compressed,
  type Compression,
  type Parameters,
  type Tensors,
  type TensorsForm,
} from '@fedward/core';
import { assertCapabilities } from './support/capabilities.js';
import { assertSame, watch } from './support/assertions.js';
import { assertIsState } from './support/state.js';
import { defineSuite, type Checks, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of a compression. */
export interface CompressionComplianceOptions {
  /** A new compression, as if in a new process. */
  readonly create: () => Compression;
  /** Sizes of the tensors of updates, in the trials. Default: a model of two tensors, one of one value, and one of 700. */
  readonly sizes?: readonly (readonly number[])[];
}

/** What every compression must do; see `Compression` in core. */
export function compressionCompliance({
  create,
  sizes = [[12, 2], [1], [600, 99, 1]],
}: CompressionComplianceOptions): ComplianceSuite {
  /** New ones for each check: what one compression has spoilt is none of the next one's. */
  const trials = () => sizes.flatMap((each) => updatesOf(each));
  const checks: Checks = {
    'it has a name, and named capabilities that it takes away'() {
      const { name, removes = [] } = create();
      assert.ok(typeof name === 'string' && name.trim() !== '', 'the name is empty');
      assertCapabilities('removes', removes);
    },

    'what travels has the form that is told of all updates'() {
      for (const update of trials()) {
        const form = create().form(formOf(update));
        for (const [what, { payload }] of [
          ['the first', compressed(create(), update)],
          ['the one after it', second(create(), update)],
        ] as const)
          assertForm(payload, form, `${what} update`);
      }
    },

    'what arrives has the form that the update had, and finite numbers'() {
      for (const update of trials())
        for (const { payload } of [compressed(create(), update), second(create(), update)]) {
          const whole = create().expand(payload, formOf(update));
          assertForm(whole, formOf(update), 'what is expanded');
          assert.ok(Array.from(whole.values).every(Number.isFinite), 'what is expanded has a NaN or Infinity');
        }
    },

    'what arrives is of the update: its largest value to a tenth, and never of another sign'() {
      for (const update of trials()) {
        const whole = create().expand(compressed(create(), update).payload, formOf(update));
        const sizes = update.values.map(Math.abs);
        const at = sizes.indexOf(Math.max(...sizes));
        const [sent, came] = [update.values[at]!, whole.values[at]!];
        assert.ok(Math.abs(came - sent) <= 0.1 * Math.abs(sent), `the largest value ${sent} arrives as ${came}`);
        const turned = update.values.findIndex((x, i) => x * whole.values[i]! < 0);
        assert.ok(turned < 0, `${update.values[turned]} arrives as ${whole.values[turned]}`);
      }
    },

    'what is zero stays zero'() {
      for (const update of trials()) {
        const whole = create().expand(compressed(create(), update).payload, formOf(update));
        const moved = update.values.findIndex((x, i) => x === 0 && whole.values[i] !== 0);
        assert.ok(moved < 0, `a value of 0, as of a frozen tensor, arrives as ${whole.values[moved]}`);
      }
    },

    'the same stream and state have the same bits, in any process and after any other update'() {
      for (const update of trials()) {
        const one = create();
        const first = compressed(one, update);
        compressed(one, trials()[0]!);
        assertSame(compressed(one, update), first, 'compressed again');
        assertSame(compressed(create(), update), first, 'compressed by another');
      }
    },

    'neither an update, a state nor a payload is changed'() {
      for (const update of trials()) {
        const whole = [watch('the update', update)];
        const { payload, state = null } = compressed(create(), update);
        whole.push(watch('the state', state), watch('the payload', payload));
        create().compress(update, { random: new Random(2), state });
        create().expand(payload, formOf(update));
        whole.forEach((check) => check());
      }
    },

    'its state is data'() {
      for (const update of trials()) assertIsState(compressed(create(), update).state ?? null, 'state');
    },

    'one whose updates depend on earlier ones takes plain-changes away'() {
      if (create().removes?.includes('plain-changes')) return;
      for (const update of trials()) {
        const { state = null } = compressed(create(), update);
        const [fresh, later] = [null, state].map((given) =>
          create().compress(update, { random: new Random(2), state: given }),
        );
        assertSame(later!.payload, fresh!.payload, 'an update after another, without plain-changes being taken away');
      }
    },

    'what no site makes is refused as UPDATE_INVALID, or is an update'() {
      for (const update of trials())
        for (const payload of hostile(create().form(formOf(update)), compressed(create(), update).payload))
          assertRefusedOrWhole(() => create().expand(payload, formOf(update)), formOf(update));
    },
  };
  return defineSuite(`compression ${create().name}`, checks);
}

const types = { f32: Float32Array, f64: Float64Array, u32: Uint32Array } as const;

const formOf = ({ layout }: Parameters): TensorsForm => ({ layout, element: 'f32' });

function compressed(compression: Compression, update: Parameters): Compressed {
  return compression.compress(update, { random: new Random(1), state: null });
}

/** The same update again, after the first was taken. */
function second(compression: Compression, update: Parameters): Compressed {
  const { state = null } = compressed(compression, update);
  return compression.compress(update, { random: new Random(2), state });
}

/** Normal values, some of them 0; zeros alone; the smallest and the largest that an update may hold. */
function updatesOf(sizes: readonly number[]): Parameters[] {
  const layout = createLayout(sizes.map((size, i) => ({ name: `tensor-${i}`, shape: [size] })));
  const random = new Random(`compression ${sizes.join()}`);
  const of = (value: (i: number) => number) =>
    createParameters(
      layout,
      Float32Array.from({ length: layout.size }, (_, i) => value(i)),
    );
  return [
    of((i) => (i % 5 === 3 ? 0 : random.normal())),
    of(() => 0),
    of((i) => (i % 3 === 1 ? 0 : 2 ** -149)),
    of((i) => (i % 3 === 1 ? 0 : 2 ** 40 * (i % 2 ? 1 : -1))),
  ];
}

function assertForm({ layout, values }: Tensors, form: TensorsForm, what: string): void {
  assert.ok(values instanceof types[form.element], `${what} is not of ${form.element}`);
  assert.equal(values.length, form.layout.size, `${what} has another number of values`);
  assertSame(layout, form.layout, `the layout of ${what}`);
}

/** Payloads of the form that may come from anyone. */
function hostile({ layout, element }: TensorsForm, honest: Tensors): Tensors[] {
  const random = new Random('hostile');
  const bytes = (fill: (i: number) => number): Tensors => {
    const { buffer } = Uint8Array.from({ length: layout.size * types[element].BYTES_PER_ELEMENT }, (_, i) => fill(i));
    return { layout, values: new types[element](buffer) };
  };
  const own = new Uint8Array(honest.values.buffer, honest.values.byteOffset, honest.values.byteLength);
  return [
    bytes(() => 0),
    bytes(() => 255),
    bytes(() => 127),
    ...Array.from({ length: 20 }, () => bytes(() => random.integer(0, 256))),
    // Of an honest one each of its first bytes turned round.
    ...Array.from({ length: Math.min(24, own.length) }, (_, at) =>
      bytes((i) => (i === at ? 255 - own[i]! : (own[i] ?? 0))),
    ),
  ];
}

function assertRefusedOrWhole(expand: () => Tensors, form: TensorsForm): void {
  let whole: Tensors;
  try {
    whole = expand();
  } catch (error) {
    const { code } = error as { code?: unknown };
    assert.equal(code, 'UPDATE_INVALID', `it throws ${String(code ?? error)}`);
    return;
  }
  assertForm(whole, form, 'what is made of a hostile payload');
}

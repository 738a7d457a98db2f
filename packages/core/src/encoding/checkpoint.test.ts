import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import type { Checkpoint } from '../interfaces/stores.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import type { State } from '../base/state.js';

const checkpoint = (state: State): Checkpoint => ({ runId: 'run-1', planHash: 'sha256:00', nextRound: 3, state });
const through = (state: State) => decodeCheckpoint(encodeCheckpoint(checkpoint(state))).state;
const example = checkpoint({
  weights: Float32Array.of(1.5, -0, 1e-45),
  momentum: [Float64Array.of(1 / 3, -1e300), new Float32Array(0)],
  step: 7,
  name: 'Köln',
  nothing: null,
  flags: [true, false],
});
const damaged = expect.objectContaining({ code: 'CHECKPOINT_INVALID' }) as Error;

describe('a checkpoint', () => {
  it('comes back bit for bit', () => {
    const decoded = decodeCheckpoint(encodeCheckpoint(example));
    expect(decoded).toEqual(example);
    expect(Object.is((decoded.state as { weights: Float32Array }).weights[1], -0)).toBe(true);
    expect(encodeCheckpoint(decoded)).toEqual(encodeCheckpoint(example));
  });

  it('comes back whatever its state', () => {
    const key = fc.oneof(
      fc.constantFrom('$tensor', '$number', '$$tensor', '$', '__proto__', 'toJSON', 'a'),
      fc.string(),
    );
    const { state } = fc.letrec<{ state: State }>((tie) => ({
      state: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<State>(null, true, false, Number.NaN, Infinity, -Infinity, -0),
        fc.double(),
        fc.string(),
        fc.float32Array({ maxLength: 4 }),
        fc.float64Array({ maxLength: 4 }),
        fc.array(tie('state'), { maxLength: 4 }),
        fc.dictionary(key, tie('state'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(state, (value) => {
        expect(through(value)).toStrictEqual(plain(value));
      }),
      { numRuns: 500 },
    );
  });

  it.each<State>([
    { $tensor: 0 },
    { $tensor: 0, weights: Float32Array.of(7) },
    { $$tensor: 0 },
    { $number: 'NaN' },
    { a: { $tensor: Float32Array.of(1) } },
  ])('keeps members named as its own marks: %j', (state) => {
    expect(through(state)).toEqual(state);
  });

  it.each([Number.NaN, Infinity, -Infinity, -0, 0, 5e-324])('keeps the number %s', (number) => {
    expect(Object.is((through({ number }) as { number: number }).number, number)).toBe(true);
  });

  it('writes a view as the view alone, and gives arrays of their own', () => {
    const state = through({ view: Float32Array.of(9, 1, 2, 9).subarray(1, 3) }) as { view: Float32Array };
    expect(state.view).toEqual(Float32Array.of(1, 2));
    expect(state.view.buffer.byteLength).toBe(8);
  });

  it.each([
    ['an integer array', new Int32Array(2)],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a function', () => 1],
    ['a bigint', 1n],
  ])('refuses %s, which is no state', (_, value) => {
    expect(() => encodeCheckpoint(checkpoint({ value: value as unknown as State }))).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
  });

  it('is a safetensors file', () => {
    expect(decodeSafetensors(encodeCheckpoint(example)).tensors.map(({ values }) => values)).toEqual([
      Float64Array.of(1 / 3, -1e300),
      new Float32Array(0),
      Float32Array.of(1.5, -0, 1e-45),
    ]);
  });

  it('shows every flipped byte', () => {
    const bytes = encodeCheckpoint(example);
    for (let at = 0; at < bytes.length; at++)
      for (const flip of [0x01, 0x29, 0x80, 0xff]) {
        const other = bytes.slice();
        other[at]! ^= flip;
        expect(() => decodeCheckpoint(other), `byte ${at} ^ ${flip}`).toThrow(damaged);
      }
  });

  it('shows where it was cut or lengthened', () => {
    const bytes = encodeCheckpoint(example);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeCheckpoint(bytes.subarray(0, length)), `cut at ${length}`).toThrow(damaged);
    expect(() => decodeCheckpoint(Buffer.concat([bytes, Buffer.alloc(8)]))).toThrow(damaged);
  });

  it('shows two arrays that changed places', () => {
    const bytes = encodeCheckpoint(checkpoint({ a: Float32Array.of(1), b: Float32Array.of(2) }));
    const { tensors, metadata } = decodeSafetensors(bytes);
    const swapped = tensors.map((tensor, i) => ({ ...tensor, values: tensors[1 - i]!.values }));
    expect(() => decodeCheckpoint(encodeSafetensors(swapped, metadata))).toThrow(damaged);
  });

  it('is not any other safetensors file', () => {
    const other = encodeSafetensors([{ name: 'w', shape: [1], values: Float32Array.of(1) }], { format: 'pt' });
    expect(() => decodeCheckpoint(other)).toThrow(damaged);
  });
});

/** As JSON.parse and structuredClone make objects, whatever fast-check makes them of. */
function plain(value: State): State {
  return structuredClone(value);
}

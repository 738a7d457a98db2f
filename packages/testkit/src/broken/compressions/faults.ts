import {
  createLayout,
  createParameters,
  FedwardError,
  type Compression,
  type CompressionContext,
  type Tensors,
  type TensorsForm,
} from '@fedward/core';
import type { Broken } from '../expect.js';

type Rest = { readonly rest: Float32Array };

const formOf = ({ layout }: TensorsForm): TensorsForm => ({
  layout: createLayout([{ name: 'values', shape: [layout.size] }]),
  element: 'f32',
});

/** A correct compression, as small as it can be: values with the lower half of their bits left out, and sent later. */
export function referenceCompression(): Compression<Rest> {
  return {
    name: 'upper-half',
    removes: ['plain-changes'],
    form: formOf,
    compress({ layout, values }, { state }) {
      const whole = Float32Array.from(values, (x, i) => x + (state?.rest[i] ?? 0));
      const upper = new Float32Array(new Uint32Array(whole.slice().buffer).map((bits) => bits & 0xffff0000).buffer);
      // The smallest numbers have no upper half.
      const sent = whole.map((x, i) => (Math.abs(x) < 2 ** -120 ? x : upper[i]!));
      return {
        payload: { layout: formOf({ layout, element: 'f32' }).layout, values: sent },
        state: { rest: whole.map((x, i) => x - sent[i]!) },
      };
    },
    expand({ values }, { layout }) {
      if (!values.every((x) => Number.isFinite(x))) throw new FedwardError('UPDATE_INVALID', 'it has a NaN', 'payload');
      return createParameters(layout, Float32Array.from(values));
    },
  };
}

type Change = (reference: Compression<Rest>) => Partial<Compression<Rest>>;
const changed =
  (change: Change): (() => Compression<Rest>) =>
  () => ({ ...referenceCompression(), ...change(referenceCompression()) });
/** What is sent is changed. */
const sending = (change: (values: Float32Array, context: CompressionContext<Rest>) => Float32Array) =>
  changed(({ compress }) => ({
    compress(update, context) {
      const { payload, state } = compress(update, context);
      return { payload: { ...payload, values: change(payload.values as Float32Array, context) }, state: state! };
    },
  }));
/** What arrives is changed. */
const arriving = (change: (values: Float32Array) => Float32Array) =>
  changed(({ expand }) => ({
    expand(payload, update) {
      const whole = expand(payload, update);
      return { ...whole, values: change(whole.values as Float32Array) };
    },
  }));

const name = 'it has a name, and named capabilities that it takes away';
const travels = 'what travels has the form that is told of all updates';
const arrives = 'what arrives has the form that the update had, and finite numbers';
const close = 'what arrives is of the update: its largest value to a tenth, and never of another sign';
const zero = 'what is zero stays zero';
const repeats = 'the same stream and state have the same bits, in any process and after any other update';
const still = 'neither an update, a state nor a payload is changed';
const data = 'its state is data';
const plain = 'one whose updates depend on earlier ones takes plain-changes away';
const hostile = 'what no site makes is refused as UPDATE_INVALID, or is an update';

let processes = 0;

export const brokenCompressions: Record<string, Broken<Compression<Rest>>> = {
  'has no name': { create: changed(() => ({ name: ' ' })), fails: [name] },
  'takes away what has no name': { create: changed(() => ({ removes: ['plain-changes', ' '] })), fails: [name] },
  'sends other numbers than it says': {
    create: changed(() => ({ form: (update) => ({ ...formOf(update), element: 'f64' }) })),
    fails: [travels],
  },
  'brings back words': {
    create: changed(({ expand }) => ({
      expand: (payload, update) => {
        const whole = expand(payload, update);
        return { ...whole, values: Float64Array.from(whole.values) };
      },
    })),
    fails: [arrives, hostile],
  },
  'brings back Infinity for what is large': {
    create: arriving((values) => values.map((x) => (Math.abs(x) > 1e9 ? Infinity : x))),
    fails: [arrives, close],
  },
  'halves what it sends': { create: arriving((values) => values.map((x) => x / 2)), fails: [close] },
  'turns signs round': { create: arriving((values) => values.map((x) => -x)), fails: [close] },
  'adds a little to everything': {
    create: arriving((values) => values.map((x) => x + (x < 0 ? -1e-9 : 1e-9))),
    fails: [zero, close],
  },
  'sends otherwise in each process': {
    create: () => {
      const factor = 1 + 0.001 * (processes++ % 7);
      return sending((values) => values.map((x) => x * factor))();
    },
    fails: [repeats],
  },
  'counts its updates': {
    create: () => {
      let sent = 0;
      return sending((values) => values.map((x) => x * (1 + 0.001 * sent++)))();
    },
    fails: [repeats],
  },
  'rounds the update itself': {
    create: changed(({ compress }) => ({
      compress(update, context) {
        const packed = compress(update, context);
        update.values.forEach((x, i) => (update.values[i] = Math.round(x * 8) / 8));
        return packed;
      },
    })),
    fails: [still, repeats, close, zero],
  },
  'writes into what it remembered': {
    create: changed(({ compress }) => ({
      compress(update, context) {
        const packed = compress(update, context);
        context.state?.rest.fill(7);
        return packed;
      },
    })),
    fails: [still],
  },
  'empties the payload': {
    create: changed(({ expand }) => ({
      expand(payload, update) {
        const whole = expand(payload, update);
        payload.values.fill(0);
        return whole;
      },
    })),
    fails: [still],
  },
  'remembers what is no data': {
    create: changed(({ compress }) => ({
      compress: (update, context) => ({
        ...compress(update, { ...context, state: null }),
        state: { rest: new Date(0) } as never,
      }),
    })),
    fails: [data],
  },
  'sends later what it left out, and does not say so': {
    create: changed(() => ({ removes: [] })),
    fails: [plain],
  },
  'fails at what it does not expect': {
    create: changed(() => ({
      expand({ values }: Tensors, { layout }) {
        if (!values.every((x) => Number.isFinite(x))) throw new TypeError('values is not finite');
        return createParameters(layout, Float32Array.from(values));
      },
    })),
    fails: [hostile],
  },
};

import { FedwardError } from '../base/errors.js';
import type { Compression } from '../interfaces/compression.js';
import { createLayout, createTensors, type Tensors, type TensorsForm } from '../parameters/parameters.js';

/** What a site has left out of its updates so far. */
export type Rest = { readonly rest: Float64Array };

/** Largest value that the fake sends. */
const most = 2 ** 15 - 1;

const formOf = ({ layout }: TensorsForm): TensorsForm => ({
  layout: createLayout([{ name: 'halves', shape: [layout.size] }]),
  element: 'u32',
});

/** Sends whole numbers of halves, 2^15 up, in words; the rest of each value is remembered, and added to the next update. */
export function fakeCompression(changes: Partial<Compression<Rest>> = {}): Compression<Rest> {
  return {
    name: 'halves',
    removes: ['plain-changes'],
    form: formOf,
    compress({ layout, values }, { state }) {
      const whole = Float64Array.from(values, (x, i) => x + (state?.rest[i] ?? 0));
      const halves = whole.map((x) => Math.max(-most, Math.min(most, Math.trunc(2 * x))));
      const payload: Tensors = {
        layout: formOf({ layout, element: 'f32' }).layout,
        values: Uint32Array.from(halves, (x) => x + most),
      };
      return { payload, state: { rest: whole.map((x, i) => x - halves[i]! / 2) } };
    },
    expand(payload, update) {
      const whole = createTensors(update);
      payload.values.forEach((word, i) => {
        if (word > 2 * most) throw new FedwardError('UPDATE_INVALID', `the word ${word} is none`, 'payload');
        whole.values[i] = (word - most) / 2;
      });
      return whole;
    },
    ...changes,
  };
}

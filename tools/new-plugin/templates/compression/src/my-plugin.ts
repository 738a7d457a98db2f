import { createLayout, createParameters, FedwardError, incompatible, type Compression, type TensorsForm } from '@fedward/core'; // prettier-ignore
import * as z from 'zod';

/** The options of `my-plugin`. */
export const myPluginOptions = z.strictObject({
  digits: z.int().min(1).max(15).default(6).describe('significant binary digits of the largest value, from 1 to 15'),
});

/** Of `myPluginCompression`. */
export type MyPluginOptions = z.output<typeof myPluginOptions>;

/** A scale, and a whole number for each value. */
const formOf = ({ layout, element }: TensorsForm): TensorsForm => {
  if (element !== 'f32') throw incompatible(`my-plugin is for float32, not ${element}`, 'compression');
  return { layout: createLayout([{ name: 'rounded', shape: [1 + layout.size] }]), element: 'f32' };
};

/**
 * Rounds each value to a whole number of steps of the largest one. It shows the pair and saves nothing by itself: whole
 * numbers take as many bytes here as values do.
 */
export function myPluginCompression({ digits }: MyPluginOptions): Compression<null> {
  const steps = 2 ** digits;
  return {
    name: 'my-plugin',
    // One that sends later what it left out remembers it as `state`, and removes 'plain-changes'.
    form: formOf,
    compress({ layout, values }) {
      const scale = Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const rounded = Float32Array.from(values, (x) => (scale > 0 ? Math.round((x / scale) * steps) + 0 : 0));
      return {
        payload: { layout: formOf({ layout, element: 'f32' }).layout, values: Float32Array.of(scale, ...rounded) },
      };
    },
    expand({ values }, { layout }) {
      const [scale = NaN, ...rounded] = values;
      // It may come from anyone: what no site makes is refused.
      const honest =
        scale >= 0 && scale < Infinity && rounded.every((x) => Number.isInteger(x) && Math.abs(x) <= steps);
      if (!honest) throw new FedwardError('UPDATE_INVALID', 'these are no steps of a largest value', 'payload');
      return createParameters(
        layout,
        Float32Array.from(rounded, (x) => (x * scale) / steps),
      );
    },
  };
}

import {
  createLayout,
  createParameters,
  Random,
  type Compression,
  type Parameters,
  type TensorsForm,
} from '@fedward/core';

/** An update of a weight matrix and a bias, `size` values in all. */
export function updateOf(values: ArrayLike<number>, bias = 1): Parameters {
  const size = values.length;
  const layout = createLayout([
    { name: 'kernel', shape: [size - bias] },
    { name: 'bias', shape: [bias] },
  ]);
  return createParameters(layout, Float32Array.from(values));
}

/** Normal values, the bias a hundred times smaller. */
export function normalUpdate(size: number, seed = 1): Parameters {
  const random = new Random(seed);
  return updateOf(Float32Array.from({ length: size }, (_, i) => random.normal() * (i === size - 1 ? 0.01 : 1)));
}

export const formOf = ({ layout }: Parameters): TensorsForm => ({ layout, element: 'f32' });

/** What arrives of an update. */
export function through(compression: Compression, update: Parameters, seed = 1): Float32Array {
  const { payload } = compression.compress(update, { random: new Random(seed), state: null });
  return compression.expand(payload, formOf(update)).values as Float32Array;
}

/** Bytes of an update on the wire. */
export function bytesOf(compression: Compression, size: number): number {
  return 4 * compression.form(formOf(updateOf(new Float32Array(size)))).layout.size;
}

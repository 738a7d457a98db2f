import { createParameters, parseWith, type Compression, type Layout, type Random, type Tensors } from '@fedward/core';
import * as z from 'zod';
import { chunksOf, countChunks } from './chunks.js';
import { assertTraining } from './plan-checks.js';
import { largestOf, levelsOf, roundedLevel } from './rounding.js';
import * as words from './words.js';

/** The options of `quantize`. */
export const quantizeOptions = z.strictObject({
  bits: z.literal([8, 16]).default(8).describe('bits of a value: 8 or 16'),
  chunk: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32 - 1)
    .default(1024)
    .describe('values that share a scale, at most; never of two tensors'),
});

/** Of `quantize`. */
export type QuantizeOptions = z.input<typeof quantizeOptions>;

const name = 'quantize';

/**
 * Values in 8 or 16 bits, by stochastic rounding: a value between two levels becomes one of them, so that its mean is the
 * value. Levels lie evenly from -s to s, s the largest absolute value of up to `chunk` neighbours of a tensor; s travels
 * along as float32. What is 0 stays 0. An error is less than s / 127 or s / 32767; the mean is exact but for the rounding
 * of the level back to float32.
 * Source: Alistarh et al. 2017, QSGD, section 3.1 (equation 4), with the largest value in place of the L2 norm, as in its
 * section 5; Suresh et al. 2017, Distributed mean estimation with limited communication, section 2.2.
 *
 * On the wire: 32-bit words, first the scales, then the levels in two's complement, the first in a word's lowest bits.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function quantize(options: QuantizeOptions = {}, path = 'compression.options'): Compression<null> {
  const { bits, chunk } = parseWith(quantizeOptions, options, path);
  const levels = levelsOf(bits);

  const write = ({ layout, values }: Tensors<Float32Array>, random: Random): Uint32Array => {
    const scales = countChunks(layout, chunk);
    const packed = new Uint32Array(scales + words.wordsFor(layout.size, bits));
    const body = packed.subarray(scales);
    let at = 0;
    for (const { start, end } of chunksOf(layout, chunk)) {
      const scale = largestOf(values, start, end);
      packed[at++] = words.bitsOf(scale);
      if (scale === 0) continue;
      for (let i = start; i < end; i++) {
        const level = roundedLevel(values[i]!, scale, levels, random);
        words.writePacked(body, i, bits, level & (2 ** bits - 1));
      }
    }
    return packed;
  };

  const read = (packed: Uint32Array, layout: Layout): Float32Array => {
    const scales = countChunks(layout, chunk);
    const body = packed.subarray(scales);
    if (!words.restIsZero(body, layout.size, bits)) throw words.invalid(name, 'has bits behind its last value');
    const values = new Float32Array(layout.size);
    let at = 0;
    for (const { start, end } of chunksOf(layout, chunk)) {
      const scale = words.float32Of(packed[at++]!);
      words.assertScale(scale, name);
      let most = 0;
      for (let i = start; i < end; i++) {
        const level = words.readSigned(body, i, bits);
        most = Math.max(most, Math.abs(level));
        values[i] = (level * scale) / levels;
      }
      words.assertLargest(most, scale, levels, name);
    }
    return values;
  };

  const formOf: Compression['form'] = (update) => {
    const layout = words.float32Layout(update, name);
    return words.wordsForm(countChunks(layout, chunk) + words.wordsFor(layout.size, bits));
  };

  return {
    name,
    validate: (plan) => assertTraining(plan, name),
    form: formOf,
    compress(update, { random }) {
      const packed = write({ layout: update.layout, values: words.float32Values(update, name) }, random);
      return { payload: { layout: words.wordsForm(packed.length).layout, values: packed } };
    },
    expand(payload, update) {
      const { layout } = formOf(update);
      return createParameters(update.layout, read(words.wordsOfPayload(payload, layout.size, name), update.layout));
    },
  };
}

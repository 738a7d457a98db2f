import { createParameters, FedwardError, parseWith, type Compression, type Layout, type Random } from '@fedward/core';
import * as z from 'zod';
import { largestAt } from './largest.js';
import { assertTraining } from './plan-checks.js';
import { largestOf, levelsOf, roundedLevel } from './rounding.js';
import * as words from './words.js';

/** The options of `top-k`. */
export const topKOptions = z.strictObject({
  share: z.number().gt(0).max(1).default(0.1).describe('share of values that travel, in (0, 1]; at least one does'),
  bits: z.literal([16, 32]).default(32).describe('bits of a value: 32 as it is, 16 by stochastic rounding'),
  feedback: z.boolean().default(true).describe('whether what an update left out is added to the next one of that site'),
});

/** Of `topK`. */
export type TopKOptions = z.input<typeof topKOptions>;

/** What a site remembers: what its updates have left out so far, one number a parameter. */
export type TopKState = { readonly error: Float32Array };

const name = 'top-k';
const levels = levelsOf(16);

/**
 * The values of the largest absolute value, over all tensors together, and where they are. Of equal ones the first.
 *
 * With `feedback` an update is first added to what earlier ones of the site left out, e, of which what then travels is
 * taken away: g = x + e, e' = g - top(g). Nothing is lost for good, only late. e is counted from the last update that the
 * server took; one that was lost on its way left nothing out. Without `feedback` what is left out is lost, a bias that no
 * number of rounds makes up for.
 * Source: Stich et al. 2018, Sparsified SGD with memory, algorithm 1; Karimireddy et al. 2019, Error feedback fixes SignSGD,
 * algorithm 2.
 *
 * On the wire: 32-bit words: with 16 bits the scale as float32; the places in rising order, of 16 bits up to 65536
 * parameters and of 32 beyond; the values, float32 or levels in two's complement.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function topK(options: TopKOptions = {}, path = 'compression.options'): Compression<TopKState> {
  const { share, bits, feedback } = parseWith(topKOptions, options, path);

  const write = (values: Float32Array, sparse: Sparse, random: Random): Uint32Array => {
    const packed = new Uint32Array(sparse.words);
    const [places, body] = sparse.partsOf(packed);
    const chosen = largestAt(values, sparse.k);
    const scale = largestOf(values, 0, values.length);
    if (bits === 16) packed[0] = words.bitsOf(scale);
    chosen.forEach((place, i) => {
      words.writePacked(places, i, sparse.placeBits, place);
      if (bits === 32) body[i] = words.bitsOf(values[place]!);
      else if (scale > 0)
        words.writePacked(body, i, bits, roundedLevel(values[place]!, scale, levels, random) & 0xffff);
    });
    return packed;
  };

  const read = (packed: Uint32Array, layout: Layout): Float32Array => {
    const sparse = sparseOf(layout.size, share, bits);
    words.wordsOfPayload({ layout, values: packed }, sparse.words, name);
    const [places, body] = sparse.partsOf(packed);
    if (!words.restIsZero(places, sparse.k, sparse.placeBits) || !words.restIsZero(body, sparse.k, bits))
      throw words.invalid(name, 'has bits behind its last value');
    const scale = bits === 16 ? words.float32Of(packed[0]!) : 1;
    words.assertScale(scale, name);
    const values = new Float32Array(layout.size);
    let before = -1;
    let most = 0;
    for (let i = 0; i < sparse.k; i++) {
      const place = words.readPacked(places, i, sparse.placeBits);
      if (place <= before || place >= layout.size)
        throw words.invalid(name, `has the place ${place} behind ${before}, of ${layout.size}`);
      before = place;
      if (bits === 32) values[place] = words.float32Of(body[i]!);
      else {
        const level = words.readSigned(body, i, bits);
        most = Math.max(most, Math.abs(level));
        values[place] = (level * scale) / levels;
      }
    }
    if (bits === 16) words.assertLargest(most, scale, levels, name);
    return values;
  };

  return {
    name,
    ...(feedback && { removes: ['plain-changes'] }),
    validate: (plan) => assertTraining(plan, name),
    form: (update) => words.wordsForm(sparseOf(words.float32Layout(update, name).size, share, bits).words),
    compress(update, { random, state }) {
      const given = words.float32Values(update, name);
      const values = feedback && state ? plus(given, state.error) : given;
      const packed = write(values, sparseOf(given.length, share, bits), random);
      const payload = { layout: words.wordsForm(packed.length).layout, values: packed };
      if (!feedback) return { payload };
      const sent = read(packed, update.layout);
      return { payload, state: { error: values.map((x, i) => x - sent[i]!) } };
    },
    expand(payload, update) {
      const layout = words.float32Layout(update, name);
      if (!(payload.values instanceof Uint32Array)) throw words.invalid(name, 'is not of words');
      return createParameters(layout, read(payload.values, layout));
    },
  };
}

/** Where what lies on the wire. */
interface Sparse {
  /** How many values travel. */
  readonly k: number;
  readonly placeBits: 16 | 32;
  readonly words: number;
  /** Views of the places and the values. */
  partsOf(packed: Uint32Array): [places: Uint32Array, body: Uint32Array];
}

function sparseOf(size: number, share: number, bits: number): Sparse {
  const k = Math.max(1, Math.min(size, Math.ceil(share * size)));
  const placeBits = size <= 2 ** 16 ? 16 : 32;
  const start = bits === 16 ? 1 : 0;
  const middle = start + words.wordsFor(k, placeBits);
  return {
    ...{ k, placeBits, words: middle + words.wordsFor(k, bits) },
    partsOf: (packed) => [packed.subarray(start, middle), packed.subarray(middle)],
  };
}

function plus(update: Float32Array, error: Float32Array): Float32Array {
  if (error instanceof Float32Array && error.length === update.length) return update.map((x, i) => x + error[i]!);
  throw new FedwardError('CHECKPOINT_INVALID', `what ${name} remembers is of another update than this one`, 'state');
}

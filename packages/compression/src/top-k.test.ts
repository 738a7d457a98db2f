import { createTensors, Random, type Parameters } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestAt } from './largest.js';
import { bytesOf, formOf, normalUpdate, through, updateOf } from './testing/updates.js';
import { topK, type TopKOptions, type TopKState } from './top-k.js';
import { bitsOf } from './words.js';

const bits = [32, 16] as const;
const value = fc.oneof(fc.float({ min: -(2 ** 40), max: 2 ** 40, noNaN: true }), fc.constantFrom(0, -0, 1, -1));
const values = fc.array(value, { minLength: 2, maxLength: 40 });

describe('the largest values', () => {
  it('are those that a stable sort by size has first, in rising order of place', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
        const all = Float32Array.from(given);
        const k = Math.max(1, Math.ceil(share * all.length));
        const order = [...all.keys()].sort((a, b) => Math.abs(all[b]!) - Math.abs(all[a]!) || a - b);
        expect([...largestAt(all, k)]).toEqual(order.slice(0, k).sort((a, b) => a - b));
      }),
      { seed: 141, numRuns: 500 },
    );
  });
});

describe('top-k', () => {
  it('lets the largest values through as they are, and nothing else', () => {
    expect([...through(topK({ share: 0.4 }), updateOf([1, -5, 2, 0, 3]))]).toEqual([0, -5, 0, 0, 3]);
    expect([...through(topK({ share: 0.2 }), updateOf([2, 2, -2, 2, 2]))]).toEqual([2, 0, 0, 0, 0]);
    expect([...through(topK({ share: 1e-9 }), updateOf([1, -5, 2]))]).toEqual([0, -5, 0]);
    const update = normalUpdate(300);
    expect(through(topK({ share: 1 }), update)).toEqual(update.values);
  });

  it('with places of 32 bits, beyond 65536 parameters, and of 16 up to there', () => {
    for (const size of [65_536, 65_537]) {
      const update = updateOf(new Float32Array(size));
      update.values[size - 1] = 7;
      update.values[0] = -8;
      const back = through(topK({ share: 2 / size }), update);
      expect([back[0], back[size - 1]]).toEqual([-8, 7]);
    }
    expect(bytesOf(topK({ share: 0.1 }), 60_000)).toBe(6000 * 6);
    expect(bytesOf(topK({ share: 0.1 }), 70_000)).toBe(7000 * 8);
    expect(bytesOf(topK({ share: 0.1, bits: 16 }), 60_000)).toBe(6000 * 4 + 4);
    expect(bytesOf(topK({ share: 0.1 }), 14)).toBe(2 * 6);
  });

  it.each(bits)('of %i bits: what has been sent and what is left out is all there was, over any rounds', (width) => {
    const given = fc.array(fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 6, maxLength: 6 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(given, (rounds) => {
        const [all, sent] = [new Float64Array(6), new Float64Array(6)];
        let state: TopKState | null = null;
        rounds.forEach((round, r) => {
          const update = updateOf(round);
          const { payload, state: next } = topK({ share: 0.3, bits: width }).compress(update, { random: new Random(r), state }); // prettier-ignore
          topK({ share: 0.3, bits: width })
            .expand(payload, formOf(update))
            .values.forEach((x, i) => (sent[i]! += x));
          update.values.forEach((x, i) => (all[i]! += x));
          state = next!;
        });
        // Each round rounds sums of up to 64 to float32, twice.
        all.forEach((x, i) => expect(Math.abs(sent[i]! + state!.error[i]! - x)).toBeLessThan(rounds.length * 64 * 2 ** -22)); // prettier-ignore
      }),
      { seed: 141, numRuns: 200 },
    );
  });

  it('without feedback remembers nothing, uses nothing, and leaves changes plain', () => {
    const update = updateOf([1, -5, 2, 0, 3]);
    const without = topK({ share: 0.2, feedback: false });
    const state = { error: Float32Array.of(9, 9, 9, 9, 9) };
    expect(without.compress(update, { random: new Random(1), state }).state).toBeUndefined();
    expect([...(without.expand(without.compress(update, { random: new Random(1), state }).payload, formOf(update)).values)]).toEqual([0, -5, 0, 0, 0]); // prettier-ignore
    expect(without.removes).toBeUndefined();
    expect(topK().removes).toEqual(['plain-changes']);
  });

  it('of 16 bits has the value as its mean', () => {
    const update = normalUpdate(10, 5);
    const [draws, sum] = [4000, new Float64Array(10)];
    for (let seed = 0; seed < draws; seed++)
      through(topK({ share: 1, bits: 16 }), update, seed).forEach((x, i) => (sum[i]! += x));
    const step = Math.max(...update.values.map(Math.abs)) / 32767;
    sum.forEach((total, i) =>
      expect(Math.abs(total / draws - update.values[i]!)).toBeLessThan((5 * step) / 2 / Math.sqrt(draws)),
    );
  });

  it('refuses what it remembers of another update', () => {
    const state = { error: new Float32Array(4) };
    expect(() => topK().compress(normalUpdate(5), { random: new Random(1), state })).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_INVALID' }),
    );
  });
});

/** Of 5 values 3: places in two words, then 3 values, or the scale before and two words of levels. */
const expandChanged = (options: TopKOptions, change: (words: Uint32Array) => void, update: Parameters) => {
  const { payload } = topK(options).compress(update, { random: new Random(1), state: null });
  const words = payload.values.slice() as Uint32Array;
  change(words);
  return () => topK(options).expand({ ...payload, values: words }, formOf(update));
};

describe('what arrives at a server', () => {
  const update = updateOf([1, -5, 2, 0, 3]);
  it.each<[string, 16 | 32, (words: Uint32Array) => void]>([
    ['a place behind the last parameter', 32, (words) => (words[1] = 5)],
    ['places that fall', 32, (words) => (words[0] = 1 | (0 << 16))],
    ['a place twice', 32, (words) => (words[0] = 1 | (1 << 16))],
    ['bits behind the last place', 32, (words) => (words[1]! |= 1 << 16)],
    ['an infinite scale', 16, (words) => (words[0] = bitsOf(Infinity))],
    ['a negative scale', 16, (words) => (words[0] = bitsOf(-5))],
    ['levels without a scale', 16, (words) => (words[0] = 0)],
    ['bits behind the last level', 16, (words) => (words[4]! |= 1 << 16)],
  ])('is refused with %s', (_, width, change) => {
    const options = { share: 0.5, bits: width };
    expect(expandChanged(options, () => {}, update)).not.toThrow();
    expect(expandChanged(options, change, update)).toThrow(expect.objectContaining({ code: 'UPDATE_INVALID' }));
  });

  it('is refused where it is of other words than the form has', () => {
    const { layout } = topK().form(formOf(update));
    for (const values of [new Uint32Array(layout.size + 1), new Float32Array(layout.size)])
      expect(() => topK().expand({ layout, values }, formOf(update))).toThrow(
        expect.objectContaining({ code: 'UPDATE_INVALID' }),
      );
  });
});

it('is for float32, and a share above 0', () => {
  const form = { layout: normalUpdate(9).layout, element: 'f64' } as const;
  expect(() => topK().form(form)).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' }));
  expect(() => topK().compress(createTensors(form), { random: new Random(1), state: null })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' }),
  );
  for (const share of [0, 1.1, NaN]) expect(() => topK({ share })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' })); // prettier-ignore
});

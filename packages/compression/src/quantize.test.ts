import { createTensors, Random } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf } from './chunks.js';
import { quantize } from './quantize.js';
import { bytesOf, formOf, normalUpdate, through, updateOf } from './testing/updates.js';
import { bitsOf } from './words.js';

const both = [8, 16] as const;
const levels = { 8: 127, 16: 32767 } as const;

/** Any float32 that an update may hold, denormals and the largest among them. */
const value = fc.oneof(
  fc.float({ min: -(2 ** 40), max: 2 ** 40, noNaN: true }),
  fc.constantFrom(0, -0, 2 ** 40, -(2 ** 40), 2 ** -149, -3 * 2 ** -149, 2 ** -130),
);
const values = fc.array(value, { minLength: 2, maxLength: 60 });

describe.each(both)('quantize to %i bits', (bits) => {
  it('is off by less than a level, and not at all for 0 and the largest value of a piece', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 70 }), fc.integer(), (given, chunk, seed) => {
        const update = updateOf(given);
        const back = through(quantize({ bits, chunk }), update, seed);
        for (const { start, end } of chunksOf(update.layout, chunk)) {
          const piece = update.values.subarray(start, end);
          const scale = Math.max(...piece.map(Math.abs));
          for (let i = start; i < end; i++) {
            const x = update.values[i]!;
            // Half of the last place of a float32, for the level as it comes back.
            const rounding = Math.max(scale * 2 ** -24, 2 ** -150);
            expect(Math.abs(back[i]! - x)).toBeLessThanOrEqual(scale / levels[bits] + rounding);
            if (x === 0 || Math.abs(x) === scale) expect(back[i]).toBe(x + 0);
          }
        }
      }),
      { seed: 141, numRuns: 300 },
    );
  });

  it('has the value as its mean', () => {
    const update = normalUpdate(20, 3);
    const [draws, sum] = [4000, new Float64Array(20)];
    for (let seed = 0; seed < draws; seed++)
      through(quantize({ bits }), update, seed).forEach((x, i) => (sum[i]! += x));
    const step = Math.max(...update.values.map(Math.abs)) / levels[bits];
    // A draw between two levels has a standard deviation of half a level at most; five of the mean's.
    const bound = (5 * step) / 2 / Math.sqrt(draws);
    sum.forEach((total, i) => expect(Math.abs(total / draws - update.values[i]!)).toBeLessThan(bound));
  });

  it('rounds both ways by chance, and the same way for the same stream', () => {
    const update = normalUpdate(500);
    const [first, again, other] = [through(quantize({ bits }), update, 1), through(quantize({ bits }), update, 1), through(quantize({ bits }), update, 2)]; // prettier-ignore
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const up = first.filter((x, i) => x > update.values[i]!).length;
    expect(up).toBeGreaterThan(150);
    expect(up).toBeLessThan(350);
  });

  it.each([
    ['zeros alone', [0, -0, 0, 0], [0, 0, 0, 0]],
    ['denormals', [2 ** -149, 0, -(2 ** -149), 2 ** -149], [2 ** -149, 0, -(2 ** -149), 2 ** -149]],
    ['the largest that an update may hold', [2 ** 40, -(2 ** 40), 0, 2 ** 40], [2 ** 40, -(2 ** 40), 0, 2 ** 40]],
  ])('brings back %s to the bit', (_, given, back) => {
    expect(through(quantize({ bits }), updateOf(given))).toEqual(Float32Array.from(back));
  });

  it('keeps a tensor that is small beside another apart from it', () => {
    const back = through(quantize({ bits }), updateOf([1000, -1000, 1e-6]));
    expect(back[2]).toBe(Math.fround(1e-6));
  });

  const payloadOf = (given: number[]) => {
    const update = updateOf(given);
    const { payload } = quantize({ bits }).compress(update, { random: new Random(1), state: null });
    const changed = (change: (words: Uint32Array) => void) => {
      const words = payload.values.slice() as Uint32Array;
      change(words);
      return () => quantize({ bits }).expand({ ...payload, values: words }, formOf(update));
    };
    return { update, changed };
  };

  it.each<[string, (words: Uint32Array) => void]>([
    ['a scale that is no number', (words) => (words[0] = 0x7fc00000)],
    ['an infinite scale', (words) => (words[0] = bitsOf(Infinity))],
    ['a negative scale', (words) => (words[0] = bitsOf(-1))],
    ['a scale of minus zero', (words) => (words[1] = bitsOf(-0))],
    ['levels without a scale', (words) => (words[0] = 0)],
    ['a scale that no level reaches', (words) => (words[2] = 0)],
    ['a level beyond the largest', (words) => (words[2] = bits === 8 ? 0x80 : 0x8000)],
    ['bits behind the last value', (words) => (words[words.length - 1]! |= 0xff000000)],
  ])('refuses %s', (_, change) => {
    const { changed } = payloadOf([1, 0, 0]);
    expect(changed(() => {})).not.toThrow();
    expect(changed(change)).toThrow(expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'payload' }));
  });

  it('refuses other words than the form has, and other numbers than words', () => {
    const update = normalUpdate(9);
    const form = quantize({ bits }).form(formOf(update));
    for (const values of [new Uint32Array(form.layout.size - 1), new Float32Array(form.layout.size)])
      expect(() => quantize({ bits }).expand({ layout: form.layout, values }, formOf(update))).toThrow(
        expect.objectContaining({ code: 'UPDATE_INVALID' }),
      );
  });
});

it('takes a quarter of the bytes, or half, and the scales', () => {
  expect(bytesOf(quantize(), 1000)).toBeLessThanOrEqual(1000 + 8 + 4);
  expect(bytesOf(quantize(), 100_001)).toBeLessThanOrEqual(100_001 * 1.005);
  expect(bytesOf(quantize({ bits: 16 }), 1000)).toBeLessThanOrEqual(2000 + 8 + 4);
  // Of 14 parameters 56 bytes: two scales and 14 levels are no quarter.
  expect(bytesOf(quantize(), 14)).toBe(24);
  expect(bytesOf(quantize({ bits: 16 }), 14)).toBe(36);
});

it('is for float32, 8 or 16 bits', () => {
  const update = normalUpdate(9);
  const code = 'CONFIG_INCOMPATIBLE';
  for (const element of ['f64', 'u32'] as const) {
    const form = { layout: update.layout, element };
    expect(() => quantize().form(form)).toThrow(expect.objectContaining({ code }));
    expect(() => quantize().compress(createTensors(form), { random: new Random(1), state: null })).toThrow(
      expect.objectContaining({ code }),
    );
  }
  expect(() => quantize({ bits: 4 as 8 })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(() => quantize({ chunk: 0 })).toThrow(expect.objectContaining({ subject: 'chunk' }));
});

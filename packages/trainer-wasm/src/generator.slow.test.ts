import { dropoutLane, KeystreamWords, Random, type Keystream } from '@fedward/core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builds, compileKernels, untouched, type Kernels } from './testing/kernels.js';

const [samplingLane, noiseLane] = [0, 1];
const key = new Random('generator').key();
const counts = [0, 1, 3, 4, 5, 63, 64, 65, 127, 129, 1000];

describe.each(builds)("the generator of the %s build is core's", (build) => {
  let kernels: Kernels;
  beforeAll(async () => void (kernels = await compileKernels(build)));
  beforeEach(() => kernels.clear());

  /** Nobody wrote to the words before and after. */
  const expectUntouched = (address: number, count: number) => {
    expect([...kernels.words(address - 8, 2), ...kernels.words(address + 4 * count, 4)]).toEqual(
      Array.from({ length: 6 }, () => untouched),
    );
  };
  /** Room with words before it that belong to nobody. */
  const roomBetween = (count: number): number => {
    kernels.room(4);
    return kernels.room(count);
  };

  it.each([8, 20] as const)('words, in %s rounds', (rounds) => {
    const place = kernels.put(key);
    for (const [step, lane, group] of [
      [0, 0, 0],
      [7, 3, 1],
      [0xffff_ffff, 0x8000_0001, 5000],
      [0, 0, 2 ** 30 - 5], // near the end of the block counter
    ] as const) {
      const out = roomBetween(64);
      kernels.openStream(place, rounds, step, lane);
      kernels.fourBlocks(out, group);
      const words = new KeystreamWords({ key, rounds }, step, lane);
      expect([...kernels.words(out, 64)]).toEqual(Array.from({ length: 64 }, (_, i) => words.word(64 * group + i)));
      expectUntouched(out, 64);
    }
  });

  it.each([8, 20] as const)('the choice of units, in %s rounds', (rounds) => {
    const place = kernels.put(key);
    for (const units of counts)
      for (const probability of [0, 1e-3, 0.1, 0.5, 1]) {
        const words = new KeystreamWords({ key, rounds }, 9, samplingLane);
        const expected = Array.from({ length: units }, (_, i) => i).filter((i) => words.uniform(i) < probability);
        const chosen = roomBetween(units);
        expect(kernels.chooseUnits(chosen, units, probability, place, rounds, 9)).toBe(expected.length);
        expect([...kernels.words(chosen, expected.length)]).toEqual(expected);
        expectUntouched(chosen, units);
      }
  });

  it('the choice of units at a probability that is one of the draws: the draw itself is not below it', () => {
    const place = kernels.put(key);
    const words = new KeystreamWords({ key, rounds: 8 }, 0, samplingLane);
    for (let unit = 0; unit < 40; unit++) {
      const chosenAt = (probability: number): boolean => {
        const chosen = roomBetween(40);
        const count = kernels.chooseUnits(chosen, 40, probability, place, 8, 0);
        return kernels.words(chosen, count).includes(unit);
      };
      expect(chosenAt(words.uniform(unit))).toBe(false);
      expect(chosenAt(words.uniform(unit) + 2 ** -53)).toBe(true);
    }
  });

  it.each([8, 20] as const)('dropout masks of %s rounds, whole and in parts', (rounds) => {
    const place = kernels.put(key);
    for (const rate of [0.1, 0.5, 0.999])
      for (const count of counts) {
        const words = new KeystreamWords({ key, rounds }, 3, dropoutLane + 4);
        const kept = Math.fround(1 / (1 - rate));
        const expected = (first: number) =>
          Array.from({ length: count }, (_, i) => (words.word(first + i) < rate * 2 ** 32 ? 0 : kept));
        for (const first of [0, 1, 5, 62, 64, 130]) {
          const mask = roomBetween(count);
          kernels.dropoutMask(mask, first, count, rate, place, rounds, 3, dropoutLane + 4);
          expect([...kernels.floats(mask, count)]).toEqual(expected(first));
          expectUntouched(mask, count);
        }
      }
  });

  it('a dropout rate that is one of the words: the word itself is not below it', () => {
    const place = kernels.put(key);
    const words = new KeystreamWords({ key, rounds: 8 }, 0, dropoutLane);
    for (let i = 0; i < 20; i++) {
      const droppedAt = (rate: number): boolean => {
        const mask = roomBetween(20);
        kernels.dropoutMask(mask, 0, 20, rate, place, 8, 0, dropoutLane);
        return kernels.floats(mask, 20)[i] === 0;
      };
      expect(droppedAt(words.word(i) / 2 ** 32)).toBe(false);
      expect(droppedAt((words.word(i) + 0.5) / 2 ** 32)).toBe(true);
    }
  });

  /** Value i of noise, in float64: one draw, or the halved sum of four, which come from groups side by side. */
  const normals = (keystream: Keystream, step: number, draws: number, count: number): Float64Array => {
    const words = new KeystreamWords(keystream, step, noiseLane);
    return Float64Array.from({ length: count }, (_, i) => {
      if (draws === 1) return words.normal(i);
      const first = 4 * 64 * Math.floor(i / 64) + (i % 64);
      return [0, 1, 2, 3].reduce((sum, draw) => sum + words.normal(first + 64 * draw), 0) / 2;
    });
  };

  it.each([
    [8, 1],
    [20, 4],
  ] as const)('normal draws, in %s rounds, %s a value', (rounds, draws) => {
    const place = kernels.put(key);
    for (const deviation of [0.3, 1, 40])
      for (const count of [...counts, 20_000]) {
        const values = roomBetween(count);
        // Zeros beside the values too: noise that is added to what stands untouched, a NaN, leaves its bits.
        kernels.floats(values - 8, count + 6).fill(0);
        kernels.addGaussian(values, count, deviation, 1, place, rounds, 11, draws);
        const expected = normals({ key, rounds }, 11, draws, count);
        let worst = 0;
        kernels.floats(values, count).forEach((value, i) => {
          const exact = deviation * expected[i]!;
          worst = Math.max(worst, Math.abs(value - exact) / Math.max(deviation, Math.abs(exact)));
        });
        expect(worst).toBeLessThan(1e-6);
        expect([...kernels.floats(values - 8, 2), ...kernels.floats(values + 4 * count, 4)]).toEqual([
          0, 0, 0, 0, 0, 0,
        ]);
      }
  });

  it('normal draws are added to what is there, and the sum divided', () => {
    const place = kernels.put(key);
    const count = 77;
    for (const share of [1, 1 / 32]) {
      const expected = normals({ key, rounds: 8 }, 0, 1, count).map((x, i) => share * (0.5 * x + i));
      const values = kernels.put(Float32Array.from({ length: count }, (_, i) => i));
      kernels.addGaussian(values, count, 0.5, share, place, 8, 0, 1);
      kernels.floats(values, count).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    }
  });
});

import { Random } from '@fedward/core';
import { coxLoss } from '@fedward/core/training';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileKernels, untouched, type Kernels } from './testing/kernels.js';

describe("the cox loss, against core's", () => {
  let kernels: Kernels;
  beforeAll(async () => void (kernels = await compileKernels('simd')));
  beforeEach(() => kernels.clear());

  const check = (scores: Float32Array, labels: Float32Array) => {
    const count = scores.length;
    const exact = coxLoss(scores, labels);
    kernels.clear();
    const places = [kernels.put(scores), kernels.put(labels), kernels.room(count)] as const;
    const room = kernels.room(kernels.coxRoom(count));
    const loss = kernels.cox(count, ...places, room);
    const expected = exact.losses.reduce((sum, one) => sum + one, 0);
    expect(Math.abs(loss - expected)).toBeLessThan(1e-9 * (1 + Math.abs(expected)));
    kernels.floats(places[2], count).forEach((g, i) => expect(g).toBeCloseTo(exact.gradient[i]!, 5));
    expect(kernels.words(places[2] + 4 * count, 1)[0]).toBe(untouched);
    expect(kernels.words(room + 4 * kernels.coxRoom(count), 1)[0]).toBe(untouched);
    expect([...kernels.floats(places[0], count), ...kernels.floats(places[1], count)]).toEqual([...scores, ...labels]);
  };

  it('of any number of records, with ties, censoring and any order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 300 }), (count, times) => {
        const random = new Random(`${count} ${times}`);
        check(
          Float32Array.from({ length: count }, () => 2 * random.normal()),
          Float32Array.from({ length: count }, () => (random.bernoulli(0.5) ? 1 : -1) * random.integer(1, 1 + times)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('of scores far apart, whichever is at risk the longest', () => {
    for (const far of [50, 700, 1e4, 1e30])
      for (const sign of [1, -1]) {
        check(Float32Array.of(sign * far, 0, -sign * far), Float32Array.of(1, 2, 3));
        check(Float32Array.of(sign * far, 0, -sign * far, 1), Float32Array.of(1, -2, 3, 3));
      }
  });

  it('of censored records alone is 0', () => {
    check(Float32Array.of(1, 2), Float32Array.of(-3, -1));
  });
});

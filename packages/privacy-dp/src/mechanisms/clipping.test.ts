import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFolder, readReference, relativeError } from '../testing/reference.js';
import { clipFactor } from './clipping.js';

const clip = (vector: number[], clipNorm: number): number[] => {
  const factor = clipFactor(Math.hypot(...vector), clipNorm);
  return vector.map((x) => x * factor);
};
const meanOf = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('clipFactor', () => {
  it('brings a norm down to the clip norm, and leaves a smaller one alone', () => {
    expect(clip([30, 40], 5)).toEqual([3, 4]);
    expect(clip([0.3, 0.4], 5)).toEqual([0.3, 0.4]);
    expect(clip([3, 4], 5)).toEqual([3, 4]);
    expect(clip([0, 0], 5)).toEqual([0, 0]);
  });

  it('hides no norm that is not finite', () => {
    expect(clipFactor(NaN, 1)).toBeNaN();
    expect(clip([Infinity, 1], 1)[0]).toBeNaN();
  });

  it('never leaves more than the clip norm, and never turns a vector', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(values, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (vector, clipNorm) => {
        const clipped = clip(vector, clipNorm);
        expect(Math.hypot(...clipped)).toBeLessThanOrEqual(clipNorm * (1 + 1e-14));
        clipped.forEach((x, i) => expect(x * vector[i]!).toBeGreaterThanOrEqual(0));
      }),
    );
  });
});

describe.skipIf(!dataFolder)('clipping against published values (needs FEDWARD_DATA)', () => {
  it.each(['dpsgd_mlp_step.json', 'dpsgd_cnn_step.json', 'dpsgd_cnn1d_step.json'])(
    'gives the factors of %s',
    (file) => {
      const step = readReference<{
        clip_norm: number;
        per_example_grad_norm: number[];
        per_example_clip_factor_flat: number[];
      }>(file);
      const factors = step.per_example_grad_norm.map((norm) => clipFactor(norm, step.clip_norm));
      expect(new Set(factors.map((factor) => factor < 1)).size).toBe(2); // examples on both sides of the bound
      factors.forEach((factor, i) =>
        expect(relativeError(factor, step.per_example_clip_factor_flat[i]!)).toBeLessThan(1e-12),
      );
    },
  );

  it('shows why the sensitivity of a clipped mean is 2C (seed_tutorial_budget.json)', () => {
    const { worked_example: example } = readReference<{
      sensitivity: {
        worked_example: { batch_size: number; distance: number; correct_distance: number };
      };
    }>('seed_tutorial_budget.json').sensitivity;
    const batch = (record: number): number[] => [...Array<number>(example.batch_size - 1).fill(1.1), record];
    const clippedMean = (values: number[]): number => clip([meanOf(values)], 1)[0]!;
    const meanOfClipped = (values: number[]): number => meanOf(values.map((x) => clip([x], 1)[0]!));
    expect(clippedMean(batch(100)) - clippedMean(batch(-100))).toBe(example.distance);
    expect(meanOfClipped(batch(100)) - meanOfClipped(batch(-100))).toBeCloseTo(example.correct_distance, 12);
  });
});

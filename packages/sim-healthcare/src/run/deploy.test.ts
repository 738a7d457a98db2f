import type { Predictions } from '@fedward/metrics-clinical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployOf } from './deploy.js';
import { discordant, patientScores, signTest } from './patient-scores.js';

/** One logit a record, of the sign that is right for class 1 or wrong, as told. */
const predictions = (right: readonly boolean[], patientIds?: readonly string[]): Predictions => ({
  loss: 'sigmoid-cross-entropy',
  outputs: Float32Array.from(right, (is, i) => (is === (i % 2 === 1) ? 1 : -1)),
  labels: Float32Array.from(right, (_, i) => i % 2),
  ...(patientIds && { patientIds }),
});
/** The first `wrong` of `count` are wrong. */
const wrongFirst = (count: number, wrong: number) => predictions(Array.from({ length: count }, (_, i) => i >= wrong));

describe('deployOf', () => {
  it('advises the personal model where it is better by more patients than chance', () => {
    const advice = deployOf(wrongFirst(40, 12), { personal: wrongFirst(40, 2), local: wrongFirst(40, 12) }, {});
    expect(advice.model).toBe('personal');
    expect(advice.because).toContain('better by 10 and worse by 0 (p 0.002), difference +0.250');
    expect(advice.because).toContain('Chosen on the same test patients');
  });

  it('is undecided where few patients differ, whatever the accuracies say, and says that the global one is simpler', () => {
    const advice = deployOf(wrongFirst(16, 5), { personal: wrongFirst(16, 0) }, {});
    // 5 of 5: p = 2 / 2^5, although the interval of the difference by itself does not hold 0.
    expect(advice.comparisons[0]).toMatchObject({ better: 5, worse: 0, p: 0.0625 });
    expect(advice.comparisons[0]!.difference!.interval![0]).toBeGreaterThan(0);
    expect(advice.model).toBe('undecided');
    expect(advice.because).toMatch(/^16 test patients are too few to tell: .*the global model is the simpler one$/);
  });

  it('shares 0.05 out over the models that are held against the global one', () => {
    const [global, personal] = [wrongFirst(40, 6), wrongFirst(40, 0)];
    expect(deployOf(global, { personal }, {}).comparisons[0]!.p).toBe(2 / 2 ** 6);
    expect(deployOf(global, { personal }, {}).model).toBe('personal');
    expect(deployOf(global, { personal, local: global }, {}).model).toBe('undecided');
  });

  it('advises the local model where it alone is better, and the global one where it beats all others', () => {
    const [good, bad] = [wrongFirst(60, 0), wrongFirst(60, 15)];
    expect(deployOf(bad, { personal: bad, local: good }, {}).model).toBe('local');
    expect(deployOf(good, { personal: bad, local: bad }, {}).model).toBe('global');
    expect(deployOf(good, { personal: bad, local: good }, {}).model).toBe('undecided');
  });

  it('says of survival that no patient alone tells', () => {
    const times: Predictions = { loss: 'cox', outputs: Float32Array.of(1, 2, 3), labels: Float32Array.of(3, -2, 1) };
    const advice = deployOf(times, { personal: times }, {});
    expect(advice.model).toBe('undecided');
    expect(advice.because).toContain('no patient alone tells');
  });
});

describe('patientScores', () => {
  it('adds up the records of a patient, in the order of first records', () => {
    expect(patientScores(predictions([true, false, true, true], ['b', 'a', 'b', 'a']), {})).toEqual([2, 1]);
  });

  it('calls by the threshold, and of a value takes squared errors', () => {
    const logits: Predictions = { loss: 'sigmoid-cross-entropy', outputs: Float32Array.of(-1, 1), labels: Float32Array.of(1, 0) }; // prettier-ignore
    expect(patientScores(logits, { threshold: 0.2 })).toEqual([1, 0]);
    expect(patientScores(logits, {})).toEqual([0, 0]);
    const values: Predictions = {
      loss: 'squared-error',
      outputs: Float32Array.of(3, 1),
      labels: Float32Array.of(1, 1),
    };
    expect(patientScores(values, {})).toEqual([-4, 0]);
  });
});

describe('signTest', () => {
  it('is the binomial tail, doubled', () => {
    expect(signTest({ better: 0, worse: 0 })).toBe(1);
    expect(signTest({ better: 6, worse: 0 })).toBe(2 / 64);
    // 2 (C(10,0) + C(10,1) + C(10,2)) / 2^10
    expect(signTest({ better: 8, worse: 2 })).toBeCloseTo((2 * 56) / 1024, 12);
    expect(signTest({ better: 700, worse: 500 })).toBeCloseTo(Number((2n * tail(1200n, 500n) * 10n ** 20n) / 2n ** 1200n) / 1e20, 12); // prettier-ignore
  });

  it('does not care which model is which, and is a probability', () => {
    const n = fc.integer({ min: 0, max: 1500 });
    fc.assert(
      fc.property(n, n, (better, worse) => {
        const p = signTest({ better, worse });
        expect(p).toBe(signTest({ better: worse, worse: better }));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('rests on discordant patients alone', () => {
    expect(discordant([1, 0, 1, 2], [0, 1, 1, 1])).toEqual({ better: 2, worse: 1 });
  });
});

/** C(n, 0) + ... + C(n, k) */
function tail(n: bigint, k: bigint): bigint {
  let [term, sum] = [1n, 0n];
  for (let i = 0n; i <= k; i++) {
    sum += term;
    term = (term * (n - i)) / (i + 1n);
  }
  return sum;
}

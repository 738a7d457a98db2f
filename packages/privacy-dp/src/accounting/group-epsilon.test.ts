import { describe, expect, it } from 'vitest';
import { rdpAccountant } from './rdp-accountant.js';
import { dpSgdEvent } from './events.js';
import { gaussianEpsilon } from './gaussian-profile.js';
import { groupEpsilon } from './group-epsilon.js';
import { groupDivergences } from './group-rdp.js';
import { sampledGaussianRdp } from './sampled-gaussian-rdp.js';

const larger = (...args: Parameters<typeof groupDivergences>): number => Math.max(...groupDivergences(...args));

describe('groupDivergences', () => {
  /*
   * Both divergences by mpmath, 30 digits, each an integral over x of the normal density and the ratio r to a power:
   * [order, q, z, records, D(P|Q), D(Q|P)]
   */
  const exact = [
    [1.5, 0.1, 1, 3, 0.11827192211542, 0.0614391520235283],
    [2.25, 0.3, 2.5, 6, 0.828156594702763, 0.42023161110984],
    [8, 0.05, 4, 10, 0.0844563106917349, 0.0521492467866698],
    [1.0625, 0.5, 0.7, 2, 1.33212240947925, 0.608632447979529],
    [5.5, 0.9, 3, 4, 4.4479316311763, 2.98312590174017],
    // More records than the terms that count at a time.
    [1.5, 0.3, 5, 120, 90.0476218972561, 16.9596233747295],
    [1.0625, 0.05, 1, 100, 291.526812880595, 3.05382188722127],
  ] as const;
  it.each(exact)('of order %d, q %d, z %d, %d records are both integrals', (order, q, z, records, first, second) => {
    const [forward, backward] = groupDivergences(order, q, z, records);
    expect(forward / first).toBeCloseTo(1, 11);
    expect(backward / second).toBeCloseTo(1, 11);
  });

  it('of a single record is that of the sampled Gaussian', () => {
    for (const order of [1.25, 2, 3.5, 32])
      for (const q of [0.01, 0.5])
        for (const z of [0.4, 1, 6]) {
          const [found, expected] = [larger(order, q, z, 1), sampledGaussianRdp(order, q, z)];
          // Not below it but for the rounding of both; above it by the margin that an order near 1 divides.
          expect(found).toBeGreaterThan(expected * (1 - 1e-11));
          expect(found).toBeLessThan(expected * (1 + 1e-11) + 2e-13 / (order - 1));
        }
  });

  it('grows with the group, and stays below that of a group that is always in the batch', () => {
    for (const order of [1.01, 2, 7.5]) {
      const divergences = [1, 2, 5, 30, 150].map((records) => larger(order, 0.2, 3, records));
      expect(divergences).toEqual(divergences.toSorted((a, b) => a - b));
      [1, 2, 5, 30, 150].forEach((records, i) =>
        expect(divergences[i]).toBeLessThan((order * records ** 2) / (2 * 3 ** 2)),
      );
    }
  });
});

describe('groupEpsilon', () => {
  /*
   * dp_accounting 0.6: from_mixture_gaussian_mechanism(z, range(k + 1), binom.pmf(range(k + 1), k, q))
   * .self_compose(steps).get_epsilon_for_delta(delta), with optimistic rounding (interval 1e-3): below the truth.
   */
  it.each([
    [4, 0.5, 100, 2, 1e-3, 10.4499],
    [4, 0.5, 100, 8, 1e-3, 78.6688],
    [2, 0.05, 100, 8, 1e-5, 10.8229],
  ])(
    'of z %d, q %d, %d steps, %d records, delta %d is not below %d, and near it',
    (z, q, steps, records, delta, below) => {
      const found = groupEpsilon({ noiseMultiplier: z, samplingProbability: q, steps, records, delta });
      expect(found).toBeGreaterThan(below);
      expect(found).toBeLessThan(1.25 * below);
    },
  );

  it('of one record is near what the accountant says, whose orders are others', () => {
    const steps = { noiseMultiplier: 1.1, samplingProbability: 0.1, steps: 200 };
    const accountant = rdpAccountant()('add-or-remove-one');
    accountant.compose(dpSgdEvent(steps));
    const found = groupEpsilon({ ...steps, records: 1, delta: 1e-5 });
    expect(found / accountant.epsilon(1e-5)).toBeGreaterThan(0.999);
    expect(found / accountant.epsilon(1e-5)).toBeLessThan(1.02);
  });

  it('without sampling is the Gaussian of a sensitivity as large as the group', () => {
    const found = groupEpsilon({ noiseMultiplier: 50, samplingProbability: 1, steps: 9, records: 7, delta: 1e-5 });
    expect(found).toBe(gaussianEpsilon((7 * 3) / 50, 1e-5));
    const rare = groupEpsilon({ noiseMultiplier: 50, samplingProbability: 0.1, steps: 9, records: 7, delta: 1e-5 });
    expect(rare).toBeLessThan(found / 3);
  });

  it('of thousands of records takes no longer than a test may, and grows with them', () => {
    const epsilonOf = (records: number) =>
      groupEpsilon({ noiseMultiplier: 50, samplingProbability: 0.001, steps: 10, records, delta: 1e-5 });
    const epsilons = [250, 1000, 2000, 10_000].map(epsilonOf);
    expect(epsilons).toEqual(epsilons.toSorted((a, b) => a - b));
    expect(epsilons[1]).toBeLessThan(gaussianEpsilon((1000 * Math.sqrt(10)) / 50, 1e-5) / 100);
  });

  it('bounds a group of any size: of more than 10,000 as if nothing were sampled', () => {
    const target = { noiseMultiplier: 4, samplingProbability: 0.1, steps: 10, delta: 1e-5 };
    const [least, more] = [10_000, 10_001].map((records) => groupEpsilon({ ...target, records }));
    expect(more).toBeGreaterThan(least!);
    expect(more).toBe(groupEpsilon({ ...target, samplingProbability: 1, records: 10_001 }));
  });

  it('refuses what is out of range, by name', () => {
    const target = { noiseMultiplier: 1, samplingProbability: 0.1, steps: 10, records: 3, delta: 1e-5 };
    for (const change of [
      { noiseMultiplier: 0 },
      { samplingProbability: 0 },
      { samplingProbability: 1.1 },
      { steps: 0 },
      { records: 0 },
      { records: 2.5 },
      { delta: 1 },
    ])
      expect(() => groupEpsilon({ ...target, ...change })).toThrow(
        expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: Object.keys(change)[0] }),
      );
  });
});

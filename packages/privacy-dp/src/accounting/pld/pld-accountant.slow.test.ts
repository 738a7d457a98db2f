import type { Adjacency, DpEvent } from '@fedward/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFolder, readReference, relativeError } from '../../testing/reference.js';
import { gaussianEpsilon } from '../gaussian-profile.js';
import { rdpAccountant } from '../rdp-accountant.js';
import { pldAccountant } from './pld-accountant.js';
import {
  additionStick,
  discreteGaussianStick,
  fixedSizeStick,
  gaussianStick,
  laplaceStick,
  removalStick,
  type HockeyStick,
} from './testing/hockey-stick.js';

const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });
const laplace = (noiseMultiplier: number): DpEvent => ({ type: 'laplace', noiseMultiplier });
const discrete = (sigma: number, sensitivity = 1): DpEvent => ({ type: 'discrete-gaussian', sigma, sensitivity });
const poisson = (samplingProbability: number, event: DpEvent): DpEvent =>
  samplingProbability === 1 ? event : { type: 'poisson-sampled', samplingProbability, event };
const fixedSize = (size: number, population: number, event: DpEvent): DpEvent => ({
  type: 'fixed-size-sampled',
  size,
  population,
  event,
});
const repeated = (event: DpEvent, count: number): DpEvent => ({ type: 'repeated', event, count });
const steps = (samplingProbability: number, noiseMultiplier: number, count: number): DpEvent =>
  repeated(poisson(samplingProbability, gaussian(noiseMultiplier)), count);

/** One for all tests: what it keeps of one must not change another. */
const create = pldAccountant();
const priceOf = (event: DpEvent, delta: number, adjacency: Adjacency = 'add-or-remove-one'): number =>
  create(adjacency).preview(event, delta);

describe('pldAccountant, for one release, against its delta by direct integration', () => {
  const exponent = (min: number, max: number): fc.Arbitrary<number> =>
    fc.double({ min, max, noNaN: true }).map((x) => 10 ** x);
  const noise = fc.oneof(
    exponent(-0.6, 2).map((z) => ({ event: gaussian(z), stick: gaussianStick(1 / z) })),
    exponent(-1, 2).map((z) => ({ event: laplace(z), stick: laplaceStick(1 / z) })),
    exponent(-0.5, 1.5).map((sigma) => ({ event: discrete(sigma), stick: discreteGaussianStick(sigma) })),
  );
  const isRight = (epsilon: number, delta: number, stick: HockeyStick): void => {
    // The integration is precise to 1e-13 or so.
    expect(stick(epsilon)).toBeLessThanOrEqual(delta * (1 + 1e-9) + 1e-12);
    // Mostly within 1e-4. Next to an atom delta has a kink, and after it may hardly depend on epsilon.
    if (epsilon > 1e-4) expect(stick(epsilon * (1 - 5e-3) - 4e-5)).toBeGreaterThanOrEqual(delta * (1 - 5e-3) - 1e-12);
  };

  it('is never below the truth, and close to it, without sampling', () => {
    fc.assert(
      fc.property(noise, exponent(-9, -0.5), ({ event, stick }, delta) => {
        for (const adjacency of ['add-or-remove-one', 'replace-one'] as const)
          isRight(priceOf(event, delta, adjacency), delta, stick);
      }),
      { numRuns: 50 },
    );
  });

  it('is never below the truth, and close to it, on a Poisson sample, in the worse of both directions', () => {
    fc.assert(
      fc.property(noise, exponent(-4, -0.05), exponent(-9, -0.5), ({ event, stick }, q, delta) => {
        const [remove, add] = [removalStick(q, stick), additionStick(q, stick)];
        isRight(priceOf(poisson(q, event), delta), delta, (epsilon) => Math.max(remove(epsilon), add(epsilon)));
      }),
      { numRuns: 50 },
    );
  });

  it('is never below the truth, and close to it, on a sample of fixed size', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 999 }), exponent(-9, -0.5), ({ event, stick }, size, delta) => {
        isRight(priceOf(fixedSize(size, 1000, event), delta, 'replace-one'), delta, fixedSizeStick(size / 1000, stick));
      }),
      { numRuns: 50 },
    );
  });
});

describe('pldAccountant', () => {
  it('counts both directions: with Gaussian noise removal is the worse, and addition is not half of it', () => {
    const [q, delta] = [0.3, 1e-5];
    const epsilon = priceOf(steps(q, 0.8, 1), delta);
    const addition = additionStick(q, gaussianStick(1 / 0.8));
    expect(addition(epsilon)).toBe(0); // it is below -ln(1 - q), the most that addition can cost
    expect(removalStick(q, gaussianStick(1 / 0.8))(epsilon)).toBeCloseTo(delta, 8);
  });

  it('is exact for Gaussians alone, and as close for Gaussians among others', () => {
    expect(priceOf({ type: 'composed', events: [gaussian(3), repeated(gaussian(4), 16)] }, 1e-5)).toBe(
      gaussianEpsilon(Math.sqrt(1 / 9 + 1), 1e-5),
    );
    const [a, b] = [gaussian(2), laplace(1e9)];
    const both = priceOf({ type: 'composed', events: [a, b] }, 1e-5);
    expect(relativeError(both, priceOf(a, 1e-5))).toBeLessThan(1e-4);
    expect(both).toBeGreaterThan(priceOf(a, 1e-5));
  });

  it('does not mind the order of composition, nor how releases are nested', () => {
    const [a, b, c] = [steps(0.1, 2, 30), repeated(poisson(0.2, laplace(3)), 5), discrete(3)];
    const flat = priceOf({ type: 'composed', events: [a, b, c] }, 1e-5);
    expect(priceOf({ type: 'composed', events: [c, { type: 'composed', events: [b, a] }] }, 1e-5)).toBeCloseTo(
      flat,
      12,
    );
    const accountant = create('add-or-remove-one');
    for (const event of [b, c, a]) accountant.compose(event);
    expect(accountant.epsilon(1e-5)).toBeCloseTo(flat, 12);
  });

  it('is no more than RDP for integers that move by more than one, for which it has a bound only', () => {
    const event = repeated(discrete(2, 3), 10);
    expect(priceOf(event, 1e-5)).toBeLessThan(33);
    expect(priceOf(event, 1e-5)).toBeGreaterThanOrEqual(gaussianEpsilon((Math.sqrt(10) * 3) / 2, 1e-5));
    expect(priceOf(repeated(discrete(40, 10), 10), 1e-5)).toBeLessThan(
      rdpAccountant()('add-or-remove-one').preview(repeated(discrete(40, 10), 10), 1e-5),
    );
  });

  it('is no more than RDP for more steps than a transform can add', () => {
    const event = steps(1e-4, 100, 1e10);
    const rdp = rdpAccountant()('add-or-remove-one').preview(event, 1e-5);
    expect(priceOf(event, 1e-5)).toBeLessThanOrEqual(rdp);
    expect(priceOf(event, 1e-5)).toBeGreaterThan(gaussianEpsilon(1e-4 * Math.sqrt(1e10 * Math.expm1(1e-4)), 1e-5));
  });

  it.each([
    ['Laplace next to its pure epsilon', laplace(0.28), 1e-9, 1 / 0.28],
    ['a Gaussian next to the largest loss of addition', steps(0.63765, 0.26462, 1), 2.0887e-9, 29],
    ['noise so large that it costs next to nothing', repeated(poisson(2e-6, gaussian(2407)), 116), 1.3e-10, 1e-6],
    ['9e15 steps', steps(0.01, 1, Number.MAX_SAFE_INTEGER), 1e-5, 1e12],
    ['a delta that hardly is a number', steps(0.01, 1, 100), 1e-300, 100],
    ['next to no noise', repeated(poisson(0.5, gaussian(1e-3)), 10), 1e-5, 1e8],
  ])('prices what once took all memory or time: %s', (_, event, delta, most) => {
    const epsilon = priceOf(event, delta);
    expect(epsilon).toBeGreaterThan(0);
    expect(epsilon).toBeLessThanOrEqual(most);
  });

  it.each([null, undefined, 'gaussian', 7, {}, { type: 'composed' }, { type: 'repeated', count: 2, event: null }])(
    'does not support %j, and says so',
    (nonsense) => {
      for (const event of [nonsense, poisson(0.1, nonsense as unknown as DpEvent)] as unknown as DpEvent[])
        for (const make of [create, rdpAccountant({ orders: [2] })]) {
          const accountant = make('add-or-remove-one');
          expect(accountant.unpriced(event)?.reason).toMatch(/./);
          expect(() => accountant.compose(event)).toThrow(expect.objectContaining({ code: 'EVENT_UNSUPPORTED' }));
        }
    },
  );

  it('says the same of a round, whatever it remembers of the rounds before', () => {
    const previewOf = (make: typeof create, round: number) =>
      make('add-or-remove-one').preview(steps(32 / 350, 4.845, 33 * round), 1e-5);
    const remembering = pldAccountant();
    const epsilons = Array.from({ length: 30 }, (_, i) => previewOf(remembering, i + 1));
    for (const round of [1, 7, 30]) expect(epsilons[round - 1]).toBe(previewOf(pldAccountant(), round));
  });
});

describe('pldAccountant against rdpAccountant', () => {
  it('is never above it', () => {
    const rdp = rdpAccountant();
    for (const z of [0.5, 1, 4, 50])
      for (const count of [1, 30, 1000])
        for (const delta of [0.1, 1e-5, 1e-9]) {
          const add = [gaussian(z), laplace(z), discrete(z)].flatMap((event) => [
            event,
            poisson(0.01, event),
            poisson(0.5, event),
          ]);
          const replace = [gaussian(z), laplace(z), discrete(3 * z, 3)].flatMap((event) => [
            event,
            fixedSize(10, 500, event),
          ]);
          for (const [adjacency, events] of [
            ['add-or-remove-one', add],
            ['replace-one', replace],
          ] as const)
            for (const event of events) {
              const epsilon = priceOf(repeated(event, count), delta, adjacency);
              const bound = rdp(adjacency).preview(repeated(event, count), delta);
              expect(epsilon, JSON.stringify([event, count, delta])).toBeLessThanOrEqual(bound * (1 + 1e-12));
            }
        }
  });
});

interface Row {
  noise_multiplier: number;
  sampling_probability: number;
  steps: number;
  delta: number;
}
const priceOfRow = (row: Row): number =>
  priceOf(steps(row.sampling_probability, row.noise_multiplier, row.steps), row.delta);

describe.skipIf(!dataFolder)('PLD against published accountants (needs FEDWARD_DATA)', () => {
  it('gives epsilon in all rows of pld_epsilon.json to 0.5 % or 0.002, and is not above RDP', () => {
    const { rows } = readReference<{
      rows: (Row & { epsilon: number; epsilon_optimistic?: number; epsilon_exact?: number; epsilon_fine?: number })[];
    }>('pld_epsilon.json');
    expect(rows).toHaveLength(412);
    const rdp = rdpAccountant();
    for (const row of rows) {
      const epsilon = priceOfRow(row);
      const name = `${epsilon} for ${JSON.stringify(row)}`;
      expect(Math.abs(epsilon - row.epsilon), name).toBeLessThanOrEqual(Math.max(0.005 * row.epsilon, 0.002));
      if (row.epsilon_optimistic !== undefined) expect(epsilon, name).toBeGreaterThanOrEqual(row.epsilon_optimistic);
      if (row.epsilon_exact !== undefined) expect(relativeError(epsilon, row.epsilon_exact), name).toBeLessThan(1e-12);
      if (row.epsilon_fine !== undefined)
        expect(Math.abs(epsilon - row.epsilon_fine), name).toBeLessThanOrEqual(2e-4 * row.epsilon_fine + 3e-5);
      const event = steps(row.sampling_probability, row.noise_multiplier, row.steps);
      expect(epsilon, name).toBeLessThanOrEqual(rdp('add-or-remove-one').preview(event, row.delta));
    }
  });

  it("gives the estimates of Opacus's PRV, and is within its bounds", () => {
    const { epsilon_rows: rows } = readReference<{
      epsilon_rows: (Row & {
        opacus_prv_epsilon_estimate: number;
        opacus_prv_epsilon_upper: number;
        opacus_prv_epsilon_lower: number;
      })[];
    }>('opacus_epsilon.json');
    expect(rows).toHaveLength(17);
    for (const row of rows) {
      const epsilon = priceOfRow(row);
      expect(Math.abs(epsilon - row.opacus_prv_epsilon_estimate)).toBeLessThan(0.001 * epsilon + 1e-4);
      expect(epsilon).toBeGreaterThan(row.opacus_prv_epsilon_lower);
      expect(epsilon).toBeLessThan(row.opacus_prv_epsilon_upper);
    }
  });

  it('gives the budgets of the tutorial', () => {
    type Budget = Omit<Row, 'delta'> & { epsilon_pld: number; epsilon_exact?: number };
    const tutorial = readReference<{
      'results_at_delta_1e-5': Record<string, Budget>;
      same_noise_if_clipping_were_per_example: Record<string, Budget>;
    }>('seed_tutorial_budget.json');
    const rows = [
      ...Object.values(tutorial['results_at_delta_1e-5']),
      ...Object.values(tutorial.same_noise_if_clipping_were_per_example),
    ];
    expect(rows).toHaveLength(9);
    for (const row of rows) {
      const epsilon = priceOfRow({ ...row, delta: 1e-5 });
      expect(relativeError(epsilon, row.epsilon_pld), JSON.stringify(row)).toBeLessThan(0.001);
      if (row.epsilon_exact !== undefined) expect(relativeError(epsilon, row.epsilon_exact)).toBeLessThan(1e-9);
    }
  });
});

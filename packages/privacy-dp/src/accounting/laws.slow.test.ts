import { type Adjacency, type AccountantFactory, type DpEvent } from '@fedward/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant } from './gaussian-accountant.js';
import { pldAccountant } from './pld/pld-accountant.js';
import { rdpAccountant } from './rdp-accountant.js';

/** What must hold of every accountant, for any events. */

const noiseMultiplier = fc.double({ min: -0.6, max: 2, noNaN: true }).map((exponent) => 10 ** exponent);
const samplingProbability = fc.double({ min: -4, max: 0, noNaN: true }).map((exponent) => 10 ** exponent);
const delta = fc.double({ min: -9, max: -1, noNaN: true }).map((exponent) => 10 ** exponent);
const count = fc.integer({ min: 1, max: 5000 });

const gaussian = noiseMultiplier.map((z): DpEvent => ({ type: 'gaussian', noiseMultiplier: z }));
const laplace = noiseMultiplier.map((z): DpEvent => ({ type: 'laplace', noiseMultiplier: z }));
const discrete = fc
  .tuple(noiseMultiplier, fc.integer({ min: 1, max: 20 }))
  .map(([z, sensitivity]): DpEvent => ({ type: 'discrete-gaussian', sigma: z * sensitivity, sensitivity }));
const unsampled = fc.oneof(gaussian, laplace, discrete);
/** Without the integers that move by more than one under less noise than PLD knows a bound for. */
const unsampledOfPld = unsampled.filter((event) => !pldAccountant()('replace-one').unpriced(withLessNoise(event)));
const poissonSampledOf = (release: fc.Arbitrary<DpEvent>): fc.Arbitrary<DpEvent> =>
  fc
    .tuple(samplingProbability, release)
    .map(([q, event]): DpEvent => ({ type: 'poisson-sampled', samplingProbability: q, event }));
const fixedSizeSampledOf = (release: fc.Arbitrary<DpEvent>): fc.Arbitrary<DpEvent> =>
  fc
    .tuple(fc.integer({ min: 1, max: 999 }), release)
    .map(([size, event]): DpEvent => ({ type: 'fixed-size-sampled', size, population: 1000, event }));
/** Trees of compositions and repetitions over a kind of release. */
const treesOf = (release: fc.Arbitrary<DpEvent>): fc.Arbitrary<DpEvent> =>
  fc.letrec<{ tree: DpEvent; leaf: DpEvent }>((tie) => ({
    leaf: fc.oneof(release, fc.constant<DpEvent>({ type: 'none' })),
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc.record({ type: fc.constant('repeated' as const), event: tie('tree'), count: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ type: fc.constant('composed' as const), events: fc.array(tie('tree'), { maxLength: 4 }) }),
    ),
  })).tree;

const close = (a: number, b: number): void => {
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-12 * Math.max(a, b));
};

function withLessNoise(event: DpEvent): DpEvent {
  switch (event.type) {
    case 'gaussian':
    case 'laplace':
      return { ...event, noiseMultiplier: event.noiseMultiplier / 1.05 };
    case 'discrete-gaussian':
      return { ...event, sigma: event.sigma / 1.05 };
    case 'poisson-sampled':
    case 'fixed-size-sampled':
      return { ...event, event: withLessNoise(event.event) };
    default:
      throw new Error(`no noise in ${event.type}`);
  }
}

function withLargerSample(event: DpEvent): DpEvent {
  if (event.type === 'fixed-size-sampled') return { ...event, size: event.size + 1 };
  if (event.type !== 'poisson-sampled') throw new Error(`no sample in ${event.type}`);
  return { ...event, samplingProbability: Math.min(1, event.samplingProbability * 1.05) };
}

/** Few orders: the laws hold for any, and curves of random events can't be kept. */
const rdp = rdpAccountant({ orders: [1.1, 1.7, 2, 3.3, 5, 8, 10.9, 16, 32, 64, 256] });

interface Case {
  name: string;
  create: AccountantFactory;
  adjacency: Adjacency;
  release: fc.Arbitrary<DpEvent>;
  /** Of fast-check, for an accountant that takes its time. */
  numRuns?: number;
  /** What two of its epsilons may be in the wrong order by: they come from two grids. */
  slack?: (epsilon: number) => number;
}

const pld = {
  name: 'pld',
  create: pldAccountant(),
  numRuns: 25,
  slack: (epsilon: number): number => Math.max(1e-4 * epsilon, Math.min(2e-5, 0.01 * epsilon)),
};

function withSamples(
  sampledOf: (release: fc.Arbitrary<DpEvent>) => fc.Arbitrary<DpEvent>,
  release: fc.Arbitrary<DpEvent>,
): fc.Arbitrary<DpEvent> {
  return fc.oneof(release, sampledOf(release));
}

const cases: Case[] = [
  { name: 'rdp', create: rdp, adjacency: 'add-or-remove-one', release: withSamples(poissonSampledOf, unsampled) },
  { name: 'rdp', create: rdp, adjacency: 'replace-one', release: withSamples(fixedSizeSampledOf, unsampled) },
  { ...pld, adjacency: 'add-or-remove-one', release: withSamples(poissonSampledOf, unsampledOfPld) },
  { ...pld, adjacency: 'replace-one', release: withSamples(fixedSizeSampledOf, unsampledOfPld) },
  { name: 'gaussian', create: gaussianAccountant(), adjacency: 'add-or-remove-one', release: gaussian },
  { name: 'gaussian', create: gaussianAccountant(), adjacency: 'replace-one', release: gaussian },
];

describe.each(cases)('$name under $adjacency', ({ create, adjacency, release, numRuns = 100, slack }) => {
  const events = treesOf(release);

  it('previews what composing then gives, bit for bit, and changes nothing', () => {
    fc.assert(
      fc.property(events, events, delta, (before, event, d) => {
        const accountant = create(adjacency);
        accountant.compose(before);
        const [composed, epsilon] = [accountant.composed, accountant.epsilon(d)];
        const preview = accountant.preview(event, d);
        expect(accountant.composed).toEqual(composed);
        expect(accountant.epsilon(d)).toBe(epsilon);
        accountant.compose(event);
        expect(accountant.epsilon(d)).toBe(preview);
      }),
      { numRuns },
    );
  });

  it('does not mind the order of composition', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 5 }), delta, (parts, d) => {
        const forth = create(adjacency);
        const back = create(adjacency);
        for (const part of parts) forth.compose(part);
        for (const part of parts.toReversed()) back.compose(part);
        close(forth.epsilon(d), back.epsilon(d));
        close(forth.epsilon(d), create(adjacency).preview({ type: 'composed', events: parts }, d));
      }),
      { numRuns },
    );
  });

  it('gives the same for what it composed', () => {
    fc.assert(
      fc.property(events, events, delta, (a, b, d) => {
        const accountant = create(adjacency);
        accountant.compose(a);
        accountant.compose(b);
        close(create(adjacency).preview(accountant.composed, d), accountant.epsilon(d));
      }),
      { numRuns },
    );
  });

  it('charges more for more events, for a smaller delta and for less noise', () => {
    fc.assert(
      fc.property(release, count, delta, (event, n, d) => {
        const spent = (e: DpEvent, times: number, at: number): number =>
          create(adjacency).preview({ type: 'repeated', event: e, count: times }, at);
        const cost = spent(event, n, d);
        const base = slack ? cost - slack(cost) : cost * (1 - 1e-9);
        expect(spent(event, n + 1, d)).toBeGreaterThanOrEqual(base);
        expect(spent(event, n, d / 1.5)).toBeGreaterThanOrEqual(base);
        expect(spent(withLessNoise(event), n, d)).toBeGreaterThanOrEqual(base);
        if (event.type !== 'poisson-sampled' && event.type !== 'fixed-size-sampled') return;
        expect(spent(withLargerSample(event), n, d)).toBeGreaterThanOrEqual(base);
        expect(spent(event.event, n, d)).toBeGreaterThanOrEqual(base); // sampling never costs
      }),
      { numRuns },
    );
  });
});

it('RDP and PLD are never below the exact epsilon of unsampled Gaussians', () => {
  const all = [rdpAccountant(), pldAccountant()];
  fc.assert(
    fc.property(treesOf(gaussian), delta, (event, d) => {
      const exact = gaussianAccountant()('replace-one').preview(event, d);
      // The sum of the squares may be rounded in another order.
      for (const create of all)
        expect(create('replace-one').preview(event, d)).toBeGreaterThanOrEqual(exact * (1 - 1e-13));
    }),
  );
});

it('PLD is never above RDP', () => {
  const orders = rdpAccountant();
  fc.assert(
    fc.property(withSamples(poissonSampledOf, unsampledOfPld), count, delta, (event, n, d) => {
      const run: DpEvent = { type: 'repeated', event, count: n };
      const bound = orders('add-or-remove-one').preview(run, d);
      expect(pld.create('add-or-remove-one').preview(run, d)).toBeLessThanOrEqual(bound * (1 + 1e-12));
    }),
    { numRuns: 50 },
  );
});

import { noNoise, PluginRegistry, type JsonObject, type Update } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant, gaussianEpsilon } from '../accounting/index.js';
import { plugins } from '../plugins.js';
import { planWith, poisson, queryPlanWith, shuffle } from '../testing/plan.js';
import {
  noiseOf,
  noisesOf,
  now,
  released,
  roundOf,
  siteOf,
  standardDeviation,
  sumOf,
  updateOf,
} from '../testing/rounds.js';
import { central } from './central.js';

const plan = planWith(shuffle, { unit: 'hospital' });
const options = { clipNorm: 2, noiseMultiplier: 1.5, expectedClients: 4 };

/** The mean that a round of these changes gives without noise. */
function meanOf(updates: number[][], mechanism = central(options)): number[] {
  const context = roundOf(mechanism, plan, { noise: noNoise });
  const received = updates.map((values) => mechanism.onReceive!(updateOf(values), context));
  const { payload, divisor } = released(mechanism, sumOf(received, 2), context);
  return Array.from(payload, (x) => x / divisor);
}

describe('central', () => {
  it('is for hospitals, and for whatever batches they train on', () => {
    expect(() => central(options).validate?.(plan)).not.toThrow();
    expect(() => central(options).validate?.(planWith(poisson, { unit: 'hospital' }))).not.toThrow();
    for (const unit of ['record', 'patient'] as const)
      expect(() => central(options).validate?.(planWith(shuffle, { unit }))).toThrow(
        expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.unit' }),
      );
  });

  it('tells how far one hospital moves the mean: by its clipped change over the constant, and no further', () => {
    const { most, share, because } = central(options).reach!(plan);
    expect({ most, share }).toEqual({ most: 0.5, share: 0.25 });
    expect(because).toContain('central clips each update to 2');
    const [x, y] = meanOf([[3e6, 4e6]]);
    expect(Math.hypot(x!, y!)).toBeCloseTo(most, 6);
  });

  it('divides the sum of changes by a public constant, whoever came', () => {
    expect(meanOf([[1, 0]])).toEqual([0.25, 0]);
    expect(meanOf([[1, 0], [1, 0], [0, 1]])).toEqual([0.5, 0.25]); // prettier-ignore
    expect(meanOf([])).toEqual([0, 0]);
  });

  it('gives the same whatever the order of the hospitals', () => {
    const updates = [[1, 0], [-1, 3], [0, -1.5]]; // prettier-ignore
    const [one, other] = [meanOf(updates), meanOf(updates.toReversed())];
    one.forEach((x, i) => expect(x).toBeCloseTo(other[i]!, 12));
  });

  it('clips at the site and again on receipt, and counts each hospital once', () => {
    const mechanism = central(options);
    const crafted = { ...updateOf([1e30, 0]), weight: 1e6 };
    const { payload, weight } = mechanism.onReceive!(crafted, roundOf(mechanism, plan));
    expect([...payload.values, weight]).toEqual([2, 0, 1]);
    expect([...now(mechanism.onClient!(updateOf([0, 50]), siteOf(plan))).payload.values]).toEqual([0, 2]);
    expect(meanOf([[1e30, 0]])).toEqual([0.5, 0]);
  });

  it('refuses a NaN, naming the hospital', () => {
    const mechanism = central(options);
    expect(() => mechanism.onReceive!(updateOf([NaN, 0]), roundOf(mechanism, plan))).toThrow(
      expect.objectContaining({ code: 'UPDATE_NOT_FINITE', subject: 'hospital-0' }),
    );
  });

  it.each([0.5, 3])('adds noise of standard deviation %s C to the sum, however many took part', (noiseMultiplier) => {
    const mechanism = central({ ...options, noiseMultiplier });
    const size = 20_000;
    for (const count of [0, 1, 7]) {
      const context = roundOf(mechanism, plan, { noise: noiseOf(`${noiseMultiplier} ${count}`) });
      const { payload } = released(mechanism, { payload: new Float64Array(size), divisor: count, count }, context);
      // 6 standard errors of a standard deviation.
      expect(Math.abs(standardDeviation(payload) / (2 * noiseMultiplier) - 1)).toBeLessThan(6 / Math.sqrt(2 * size));
    }
  });

  it('is one Gaussian release a round', () => {
    expect(central(options).event?.({ plan, round: 7 })).toEqual({ type: 'gaussian', noiseMultiplier: 1.5 });
    expect(central({ ...options, noiseMultiplier: 0 }).event?.({ plan, round: 0 }).type).toBe('non-private');
  });

  it.each([
    [{ ...options, expectedClients: 0 }, 'options.expectedClients'],
    [{ ...options, clipNorm: 0 }, 'options.clipNorm'],
    [{ clipNorm: 1, noiseMultiplier: 1 }, 'options.expectedClients'],
    [{ ...options, adaptive: { quantile: 1 } }, 'options.adaptive.quantile'],
    [{ ...options, adaptive: { countNoise: 0.75 } }, 'options.adaptive.countNoise'],
    [{ ...options, median: true }, 'options.median'],
  ])('refuses %j, naming the key', (wrong, subject) => {
    expect(() => central(wrong as never)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', subject }));
    expect(() => new PluginRegistry(plugins).create('mechanism', { name: 'central', options: wrong as never })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('clips and sums the answers of a query, in float64, and refuses words', () => {
    const asked = queryPlanWith({ unit: 'hospital' });
    const mechanism = central(options);
    expect(() => mechanism.validate?.(asked)).not.toThrow();
    expect(() => mechanism.validate?.(queryPlanWith())).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.unit' }),
    );
    const { layout } = updateOf([0, 0]).payload;
    const answer = (values: Float64Array | Uint32Array): Update => ({
      ...updateOf([0, 0]),
      payload: { layout, values },
    });
    const { values } = mechanism.onReceive!(answer(Float64Array.of(1e300, 0)), roundOf(mechanism, asked)).payload;
    expect(values).toEqual(Float64Array.of(2, 0));
    const words = answer(Uint32Array.of(1, 2));
    for (const hook of [
      () => mechanism.onClient!(words, siteOf(asked)),
      () => mechanism.onReceive!(words, roundOf(mechanism, asked)),
    ])
      expect(hook).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(/^central .*words/) })); // prettier-ignore
  });
});

describe('central with adaptive clipping', () => {
  const adaptive = { quantile: 0.5, learningRate: 0.2, countNoise: 2 };
  const mechanism = central({ ...options, adaptive });
  const at = (clipNorm: number) => ({ state: { clipNorm }, noise: noNoise });

  it('holds the cost of the quantile in what it states (theorem 1)', () => {
    const [sumOfChanges, count] = [(1.5 ** -2 - 4 ** -2) ** -0.5, 2 / 0.5];
    const accountant = gaussianAccountant()('add-or-remove-one');
    for (const noiseMultiplier of [sumOfChanges, count]) accountant.compose({ type: 'gaussian', noiseMultiplier });
    expect(mechanism.event?.({ plan, round: 0 })).toEqual({ type: 'gaussian', noiseMultiplier: 1.5 });
    expect(accountant.epsilon(1e-5)).toBeCloseTo(gaussianEpsilon(1 / 1.5, 1e-5), 9);
    // The noise on the sum is that larger multiplier's, times the clip norm of the round.
    const noise = noisesOf(mechanism, { ...plan, rounds: 1 }, 20_000)[0]!;
    expect(Math.abs(standardDeviation(noise) / (2 * sumOfChanges) - 1)).toBeLessThan(6 / Math.sqrt(40_000));
  });

  it('has noise that goes with the clip norm of the round, not with the first', () => {
    const context = roundOf(mechanism, plan, { state: { clipNorm: 0.3 }, noise: noiseOf('moved') });
    const { payload } = released(mechanism, { payload: new Float64Array(20_000), divisor: 1, count: 1 }, context);
    const expected = 0.3 * (1.5 ** -2 - 4 ** -2) ** -0.5;
    expect(Math.abs(standardDeviation(payload) / expected - 1)).toBeLessThan(6 / Math.sqrt(40_000));
  });

  it('has noise on the count as stated', () => {
    const counts = Array.from({ length: 4000 }, (_, i) => {
      const context = { ...roundOf(mechanism, plan, at(1)), noise: noiseOf(`count ${i}`) };
      const { state } = released(mechanism, { payload: new Float64Array(2), divisor: 1, count: 0 }, context);
      return (-Math.log(state!.clipNorm) / 0.2) * 4; // clip norm 1, b = noise / 4 + 1/2, gamma = 1/2
    });
    expect(Math.abs(standardDeviation(counts) / 2 - 1)).toBeLessThan(6 / Math.sqrt(2 * counts.length));
  });

  it('tallies who is within the clip norm, and lets them in clipped', () => {
    const context = roundOf(mechanism, plan, at(3));
    const [within, outside] = [[2, 0], [0, 4]].map((values) => mechanism.onReceive!(updateOf(values), context)); // prettier-ignore
    expect([within!.tally, outside!.tally]).toEqual([0.5, -0.5]);
    expect([...outside!.payload.values]).toEqual([0, 3]);
  });

  it('tells the sites its clip norm, and they clip to twice of it', () => {
    const told = now(mechanism.instruct!(roundOf(mechanism, plan, at(3))));
    expect(told).toEqual({ clipNorm: 3 });
    const sent = (said: JsonObject) => now(mechanism.onClient!(updateOf([0, 70]), siteOf(plan, { told: said })));
    expect([...sent(told).payload.values]).toEqual([0, 6]);
    expect(() => sent({})).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'forMechanisms.central.clipNorm' }),
    );
  });

  it('moves the clip norm as algorithm 1 does', () => {
    const [sum, context] = [sumOf([], 2), roundOf(mechanism, plan, at(3))];
    const after = (tally: number) => released(mechanism, sum, { ...context, tally }).state!.clipNorm;
    // Of 4 expected: all within, none, two of each.
    expect([2, -2, 0].map(after)).toEqual([3 * Math.exp(-0.1), 3 * Math.exp(0.1), 3]);
  });

  it('finds the median of norms, from far below', () => {
    const norms = Array.from({ length: 100 }, (_, i) => i + 1);
    const many = central({ clipNorm: 0.1, noiseMultiplier: 1, expectedClients: 100, adaptive: {} });
    let state = many.init!(plan);
    for (let round = 0; round < 150; round++) {
      const context = roundOf(many, plan, { state, noise: noiseOf(`median ${round}`) });
      const received = norms.map((norm) => many.onReceive!(updateOf([norm]), context));
      const tally = received.reduce((total, { tally = 0 }) => total + tally, 0);
      state = released(many, sumOf(received, 1), { ...context, tally }).state!;
    }
    expect(state.clipNorm).toBeGreaterThan(40);
    expect(state.clipNorm).toBeLessThan(60);
  });
});

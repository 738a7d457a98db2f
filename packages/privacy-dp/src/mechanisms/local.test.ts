import { noNoise, type Update } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { planWith, poisson, queryPlanWith, shuffle } from '../testing/plan.js';
import { noiseOf, now, siteOf, standardDeviation, updateOf } from '../testing/rounds.js';
import { local } from './local.js';

const options = { clipNorm: 0.5, noiseMultiplier: 1.2 };
const plan = planWith(shuffle);
/** What leaves the site. */
const leaving = (update: Update, mechanism = local(options), noise = noNoise) =>
  now(mechanism.onClient!(update, siteOf(plan, { noise }))).payload.values;

describe('local', () => {
  it('is priced under replace-one, a Gaussian release a round, for any unit and any batches', () => {
    const mechanism = local(options);
    expect(mechanism.adjacency).toBe('replace-one');
    for (const unit of ['record', 'patient', 'hospital'] as const)
      for (const batches of [shuffle, poisson]) {
        const plan = planWith(batches, { unit });
        expect(() => mechanism.validate?.(plan)).not.toThrow();
        expect(mechanism.event?.({ plan, round: 2 })).toEqual({ type: 'gaussian', noiseMultiplier: 1.2 });
      }
    const silent = local({ ...options, noiseMultiplier: 0 });
    expect(silent.event?.({ plan: planWith(shuffle), round: 0 }).type).toBe('non-private');
  });

  it('clips the change', () => {
    expect([...leaving(updateOf([0, 10]))]).toEqual([0, 0.5]);
  });

  it('knows that two data sets can give opposite changes, 2 C apart', () => {
    const [one, other] = [50, -50].map((x) => leaving(updateOf([x]))[0]!);
    expect(one! - other!).toBe(2 * options.clipNorm);
  });

  it.each([0.5, 3])('adds noise of standard deviation 2 C z to each value, z being %s', (noiseMultiplier) => {
    const zeros = new Float32Array(20_000);
    const mechanism = local({ clipNorm: 0.5, noiseMultiplier });
    const values = leaving(updateOf(zeros), mechanism, noiseOf(noiseMultiplier));
    expect(values).toBeInstanceOf(Float32Array);
    expect(Math.abs(standardDeviation(values) / (2 * 0.5 * noiseMultiplier) - 1)).toBeLessThan(6 / Math.sqrt(40_000));
  });

  it.each([
    [{ clipNorm: 0, noiseMultiplier: 1 }, 'options.clipNorm'],
    [{ clipNorm: 1, noiseMultiplier: -1 }, 'options.noiseMultiplier'],
  ])('refuses %j, naming the key', (wrong, subject) => {
    expect(() => local(wrong)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', subject }));
  });

  it('clips a query in float64, with noise in float64, and refuses words', () => {
    expect(() => local(options).validate?.(queryPlanWith({ unit: 'patient' }))).not.toThrow();
    const { layout } = updateOf([0, 0]).payload;
    const answer = (values: Float64Array | Uint32Array): Update => ({
      ...updateOf([0, 0]),
      payload: { layout, values },
    });
    expect(leaving(answer(Float64Array.of(0, 1e12)))).toEqual(Float64Array.of(0, 0.5));
    const noisy = leaving(answer(Float64Array.of(0.25, 0)), local(options), noiseOf('float64'));
    expect(noisy).toBeInstanceOf(Float64Array);
    expect(noisy[1]).not.toBe(Math.fround(noisy[1]!));
    expect(() => leaving(answer(Uint32Array.of(1, 2)))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(/^local .*words/) }),
    );
  });
});

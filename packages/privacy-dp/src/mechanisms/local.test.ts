import { noNoise } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { mechanisms } from './registry.js';
import { planWith, poisson, shuffle } from '../testing/plan.js';
import { noiseOf, parametersOf, standardDeviation, updateOf } from '../testing/rounds.js';
import { local } from './local.js';

const options = { clipNorm: 0.5, noiseMultiplier: 1.2 };
const site = (sent: ArrayLike<number>, noise = noNoise) => ({ sent: parametersOf(sent), told: {}, noise }) as never;

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

  it('clips the change, not the weights', () => {
    expect([...local(options).onClient!(updateOf([7, 13]), site([7, 3])).payload.values]).toEqual([7, 3.5]);
  });

  it('knows that two data sets can give opposite changes, 2 C apart', () => {
    const [one, other] = [50, -50].map((x) => local(options).onClient!(updateOf([x]), site([0])).payload.values[0]!);
    expect(one! - other!).toBe(2 * options.clipNorm);
  });

  it.each([0.5, 3])('adds noise of standard deviation 2 C z to each value, z being %s', (noiseMultiplier) => {
    const zeros = new Float32Array(20_000);
    const mechanism = local({ clipNorm: 0.5, noiseMultiplier });
    const { values } = mechanism.onClient!(updateOf(zeros), site(zeros, noiseOf(noiseMultiplier) as never)).payload;
    expect(Math.abs(standardDeviation(values) / (2 * 0.5 * noiseMultiplier) - 1)).toBeLessThan(6 / Math.sqrt(40_000));
  });

  it.each([
    [{ clipNorm: 0, noiseMultiplier: 1 }, 'options.clipNorm'],
    [{ clipNorm: 1, noiseMultiplier: -1 }, 'options.noiseMultiplier'],
  ])('refuses %j, naming the key', (wrong, subject) => {
    expect(() => mechanisms['local']?.(wrong)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', subject }));
  });
});

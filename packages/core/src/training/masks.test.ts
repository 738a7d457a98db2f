import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { SecureNoise, SeededNoise } from '../random/noise.js';
import { maskKeystream } from './index.js';

describe('maskKeystream', () => {
  const random = new Random('client');
  const gradientPrivacy = { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 } as const;
  const own = { key: random.key(), rounds: 8 };

  it("is the client's own stream in a simulation, and where nothing is promised of single gradients", () => {
    expect(maskKeystream({ random, noise: new SeededNoise(random), gradientPrivacy })).toEqual(own);
    expect(maskKeystream({ random, noise: new SecureNoise() })).toEqual(own);
  });

  it('is as secret as the noise under a gradient mechanism: 20 rounds, a new key of the noise source each time', () => {
    const noise = new SecureNoise();
    const [first, second] = [0, 1].map(() => maskKeystream({ random, noise, gradientPrivacy }));
    expect(first!.rounds).toBe(20);
    expect(first!.key).toHaveLength(8);
    expect(first!.key).not.toEqual(second!.key);
    expect(first!.key).not.toEqual(own.key);
  });

  it('takes all 32 bits of a word from the source', () => {
    const draws = [0, 0.5, 1 - 2 ** -53, 0.25, 2 ** -32, 0.75, 1 - 2 ** -32, 2 ** -33];
    let next = 0;
    const noise = { simulationOnly: false, uniform: () => draws[next++]!, addGaussian: () => undefined };
    const { key } = maskKeystream({ random, noise, gradientPrivacy });
    expect([...key]).toEqual([0, 2 ** 31, 2 ** 32 - 1, 2 ** 30, 1, 3 * 2 ** 30, 2 ** 32 - 1, 0]);
  });
});

import { randomBytes } from 'node:crypto';
import { SecureNoise, SeededNoise, type NoiseSource } from './noise.js';
import { Random } from './random.js';

/** Where a site takes its randomness from. Real sites use `secretRandomness`. */
export interface Randomness {
  readonly simulationOnly: boolean;
  random(clientId: string, round: number): Random;
  noise(clientId: string, round: number): NoiseSource;
}

/** All from the operating system's CSPRNG; nobody can repeat it. */
export function secretRandomness(): Randomness {
  const noise = new SecureNoise();
  return {
    simulationOnly: false,
    random: () => new Random(randomBytes(32).toString('hex')),
    noise: () => noise,
  };
}

/** All from a seed, by client and round, so that a simulation repeats bit for bit. Protects nobody. */
export function simulatedRandomness(seed: number | string): Randomness {
  const root = new Random(seed);
  return {
    simulationOnly: true,
    random: (clientId, round) => root.fork('site', clientId, round),
    noise: (clientId, round) => new SeededNoise(root.fork('privacy-noise', clientId, round)),
  };
}

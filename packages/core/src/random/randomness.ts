import { SecureNoise, SeededNoise, type NoiseSource } from './noise.js';
import { Random } from './random.js';

/**
 * Where a site takes its randomness from. Real sites use `secretRandomness`.
 *
 * Whether it is secret is said once, for both of its streams. A price rests on both: a dropout mask goes by the place of
 * a record in its batch, so that with masks that are known one record less gives all that follow it other masks, and
 * moves a sum of clipped gradients by many clip norms, whatever the noise. A site checks the streams that it gets, and
 * refuses, where it has a price to keep, one that can be foretold from a source that says that it is secret.
 */
export interface Randomness {
  /** True where any of it can be foretold. */
  readonly simulationOnly: boolean;
  /** For shuffling and dropout. */
  random(clientId: string, round: number): Random;
  /** For privacy noise and secret sampling. */
  noise(clientId: string, round: number): NoiseSource;
}

/** All from the operating system's CSPRNG, each stream under a key of its own; nobody can repeat it. */
export function secretRandomness(): Randomness {
  const noise = new SecureNoise();
  return {
    simulationOnly: false,
    random: () => Random.secret(),
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

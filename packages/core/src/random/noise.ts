import { webcrypto } from 'node:crypto';
import { assertNotNegative } from '../base/assert.js';
import { KeystreamWords, noiseLane, samplingLane, type Keystream } from './keystream.js';
import type { Random } from './random.js';
import { SecretWords } from './secret-words.js';

/** Where privacy noise and secret sampling come from. */
export interface NoiseSource {
  /** True where the draws can be foretold from a seed: the run then protects nobody and is marked so. */
  readonly simulationOnly: boolean;
  /** Uniform in [0, 1), multiples of 2^-53: for secret Poisson sampling. */
  uniform(): number;
  /**
   * Adds an independent normal draw of this standard deviation (not variance) to each value, in place.
   * @throws {FedwardError} ARGUMENT_INVALID for a standard deviation that is not finite and >= 0
   */
  addGaussian(values: Float32Array | Float64Array, standardDeviation: number): void;
  /** The draws of one training step, the same whatever was drawn before: of seeded sources. */
  at?(step: number): NoiseSource;
  /**
   * For a trainer that draws for itself, from `KeystreamWords` at lanes 0 (sampling) and 1 (noise): one normal for a
   * value of simulated noise, the halved sum of four for secret noise. A secret source gives a new key each time.
   */
  keystream?(): Keystream;
}

/**
 * Noise from the operating system's CSPRNG.
 *
 * A normal draw is the sum of four draws of the polar method (Marsaglia and Bray), halved. One floating-point
 * draw can take only so many values, which lets an attacker who sees the noisy value rule out others
 * (Mironov 2012); a sum of several makes finding the parts infeasible (Holohan and Braghin 2021, section 5).
 * It stays floating point: exact discrete noise is the answer where integers are summed.
 */
export class SecureNoise implements NoiseSource {
  readonly simulationOnly = false;
  readonly #words = new SecretWords();

  uniform(): number {
    return ((this.#words.next() >>> 5) * 2 ** 26 + (this.#words.next() >>> 6)) * 2 ** -53;
  }

  addGaussian(values: Float32Array | Float64Array, standardDeviation: number): void {
    assertNotNegative('standardDeviation', standardDeviation);
    const scale = standardDeviation / 2;
    for (let i = 0; i < values.length; i++) {
      values[i]! += scale * (this.#pairSum() + this.#pairSum());
    }
  }

  keystream(): Keystream {
    return { key: webcrypto.getRandomValues(new Uint32Array(8)), rounds: 20 };
  }

  /** The sum of the two independent normals that one round of the polar method gives. */
  #pairSum(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return (u + v) * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }
}

/** Noise that repeats itself, for simulations and tests: a keystream at a step, 0 unless `at` says which. */
export class SeededNoise implements NoiseSource {
  readonly simulationOnly = true;
  readonly #key: Uint32Array;
  readonly #sampling: KeystreamWords;
  readonly #noise: KeystreamWords;
  #uniforms = 0;
  #normals = 0;

  /** @param source a stream, or the key of another SeededNoise */
  constructor(source: Random | Uint32Array, step = 0) {
    this.#key = source instanceof Uint32Array ? source : source.key();
    this.#sampling = new KeystreamWords(this.keystream(), step, samplingLane);
    this.#noise = new KeystreamWords(this.keystream(), step, noiseLane);
  }

  at(step: number): SeededNoise {
    return new SeededNoise(this.#key, step);
  }

  keystream(): Keystream {
    return { key: this.#key.slice(), rounds: 8 };
  }

  uniform(): number {
    return this.#sampling.uniform(this.#uniforms++);
  }

  addGaussian(values: Float32Array | Float64Array, standardDeviation: number): void {
    assertNotNegative('standardDeviation', standardDeviation);
    for (let i = 0; i < values.length; i++) values[i]! += standardDeviation * this.#noise.normal(this.#normals++);
  }
}

/** No noise at all, for tests of what noise is added to. */
export const noNoise: NoiseSource = {
  simulationOnly: true,
  uniform: () => 0.5,
  addGaussian: () => undefined,
};

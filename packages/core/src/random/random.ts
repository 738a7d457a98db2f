import { randomBytes } from 'node:crypto';
import seedrandom from 'seedrandom';
import { assertInteger, assertPositive, assertProbability } from '../base/assert.js';
import { sha256 } from '../base/digest.js';

type PathPart = string | number;

/**
 * Seeded randomness, for whatever need not be secret: simulated data, initial weights, the choice of a cohort,
 * batches and dropout in a simulation. A site takes a secret one (`Random.secret`). Never for privacy noise outside a simulation: see `NoiseSource`.
 *
 * A stream is known by its path alone. `fork` reads nothing from the stream it is called on, so that what one
 * client, round or step draws never depends on who drew before.
 */
export class Random {
  readonly #key: string;
  /** True of streams from `Random.secret`, and of what is forked from them: nobody else can foretell their draws. */
  readonly secret: boolean;
  /** Made for the first draw: most streams are only forked, or give their key away. */
  #generator: (() => number) | undefined;
  #spare: number | undefined;

  /** @param seed any integer or text, or the `key` of another stream, which this then is */
  constructor(seed: number | string | Uint32Array) {
    this.#key = seed instanceof Uint32Array ? hexOf(seed) : sha256(`fedward:${typeof seed}:${seed}`);
    this.secret = new.target === SecretRandom;
  }

  /** A stream under a key from the operating system's CSPRNG, which nobody can repeat who is not given it. */
  static secret(): Random {
    return new SecretRandom(randomBytes(32).toString('hex'));
  }

  /** 32 random bits as a number in [0, 1). */
  #next(): number {
    return (this.#generator ??= seedrandom.alea(this.#key))();
  }

  /** 8 words that stand for this stream: also the key of its `KeystreamWords`. */
  key(): Uint32Array {
    return Uint32Array.from({ length: 8 }, (_, i) => Number.parseInt(this.#key.slice(8 * i, 8 * i + 8), 16));
  }

  /** The stream at a path below this one; the same path gives the same stream, at any time. */
  fork(...path: readonly PathPart[]): Random {
    const seed = this.#key + JSON.stringify(path);
    return this.secret ? new SecretRandom(seed) : new Random(seed);
  }

  /** Uniform in [0, 1), multiples of 2^-53 (seedrandom's Alea generator: two 32-bit draws). */
  uniform(): number {
    return this.#next() + ((this.#next() * 0x200000) | 0) * 2 ** -53;
  }

  /** Uniform integer in [minimum, maximum), both safe integers. */
  integer(minimum: number, maximum: number): number {
    assertInteger('minimum', minimum, Number.MIN_SAFE_INTEGER);
    assertInteger('maximum', maximum, minimum + 1);
    return minimum + Math.floor(this.uniform() * (maximum - minimum));
  }

  /** True with this probability. */
  bernoulli(probability: number): boolean {
    assertProbability('probability', probability);
    return this.uniform() < probability;
  }

  /** Standard normal: Marsaglia and Bray's polar method, two draws at a time. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.#next() - 1;
      const v = 2 * this.#next() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spare = v * scale;
        return u * scale;
      }
    }
  }

  /** Gamma with this shape (> 0) and scale 1. Marsaglia and Tsang 2000; shape < 1 by its boost. */
  gamma(shape: number): number {
    assertPositive('shape', shape);
    if (shape < 1) return this.gamma(shape + 1) * Math.pow(1 - this.uniform(), 1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** The integers 0..n-1 in a uniformly random order (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    assertInteger('n', n, 0, 2 ** 32 - 1);
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(this.uniform() * (i + 1));
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }
}

/** Not exported, so that no stream from a seed says that it is secret. */
class SecretRandom extends Random {}

function hexOf(key: Uint32Array): string {
  return Array.from(key, (word) => word.toString(16).padStart(8, '0')).join('');
}

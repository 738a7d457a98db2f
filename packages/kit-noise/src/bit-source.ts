import { KeystreamWords, SecretWords, type Random } from '@fedward/core';

/** Where exact samplers take their random bits from. */
export interface BitSource {
  /** True where the bits can be foretold from a seed: the noise then protects nobody and is to be marked so. */
  readonly simulationOnly: boolean;
  /** 32 independent fair bits: a uniform integer from 0 to 2^32 - 1. */
  word(): number;
}

/** Bits from the operating system's CSPRNG. */
export class SecureBits implements BitSource {
  readonly simulationOnly = false;
  readonly #words = new SecretWords();

  word(): number {
    return this.#words.next();
  }
}

/** Bits that repeat themselves, for simulations and tests. */
export class SeededBits implements BitSource {
  readonly simulationOnly = true;
  readonly #words: KeystreamWords;
  #used = 0;

  /** The same stream gives the same bits; they have nothing in common with a `SeededNoise` of that stream. */
  constructor(source: Random) {
    this.#words = new KeystreamWords({ key: source.fork('bits').key(), rounds: 8 }, 0, 0);
  }

  word(): number {
    return this.#words.word(this.#used++);
  }
}

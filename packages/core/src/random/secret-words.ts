import { webcrypto } from 'node:crypto';

const words = 16_384; // 64 KiB: the most that one call of getRandomValues gives

/** 32-bit words from the operating system's CSPRNG, drawn ahead. */
export class SecretWords {
  readonly #pool = new Uint32Array(words);
  #used = words;

  /** Uniform in [0, 2^32). */
  next(): number {
    if (this.#used === words) {
      webcrypto.getRandomValues(this.#pool);
      this.#used = 0;
    }
    const word = this.#pool[this.#used]!;
    this.#pool[this.#used++] = 0; // a draw is forgotten once it is used
    return word;
  }
}

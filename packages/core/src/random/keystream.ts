import { chacha20, chacha8 } from '@noble/ciphers/chacha.js';

/** ChaCha with this key and number of rounds: 8 where all is simulated, 20 (RFC 8439) where draws are secret. */
export interface Keystream {
  /** 8 words. */
  readonly key: Uint32Array;
  readonly rounds: 8 | 20;
}

/** What the draws of a step are for: each has a stream of its own. Dropout: `dropoutLane` + position of the layer. */
export const samplingLane = 0;
export const noiseLane = 1;
export const dropoutLane = 2;
/** Beyond the lanes of all layers that a model can have. */
export const augmentationLane = 2 ** 31;

const wordsOfBlock = 16;
const blocksAtOnce = 16;
const wordsAtOnce = wordsOfBlock * blocksAtOnce;
const normalsAtOnce = 8;

/**
 * The words of a keystream at one step and lane, by their index: a counter-based generator, so that no draw depends
 * on which were made before.
 *
 * ChaCha's block function (RFC 8439 section 2.3) with the nonce words [step, lane, 0] and the block counter from 0 on.
 * Four blocks stand side by side, as 4-lane SIMD computes them: word j (0 to 15) of block 4g + l has index
 * 64g + 4j + l.
 */
export class KeystreamWords {
  readonly #cipher: typeof chacha20;
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  readonly #words = new Uint32Array(wordsAtOnce);
  #first = -1;
  readonly #normals = new Float64Array(normalsAtOnce);
  #firstNormal = -1;

  /** @param step and lane: 0 to 2^32 - 1 */
  constructor({ key, rounds }: Keystream, step: number, lane: number) {
    this.#cipher = rounds === 8 ? chacha8 : chacha20;
    this.#key = bytesOf(key);
    this.#nonce = bytesOf(Uint32Array.of(step, lane, 0));
  }

  /** @param index 0 to 2^36 - 257: where the block counter ends */
  word(index: number): number {
    const within = index % wordsAtOnce;
    if (index - within !== this.#first) this.#fill(index - within);
    return this.#words[within]!;
  }

  /** Words that belong together: pair p is the words 8 floor(p / 4) + p mod 4 and the fourth one after it. */
  pair(index: number): readonly [number, number] {
    const first = 2 * index - (index % 4);
    return [this.word(first), this.word(first + 4)];
  }

  /** Uniform in [0, 1), multiples of 2^-53, by number. */
  uniform(index: number): number {
    const [high, low] = this.pair(index);
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53;
  }

  /** Standard normal, by number: two of each pair, by Box and Muller 1958. None is beyond 6.67. */
  normal(index: number): number {
    const within = index % normalsAtOnce;
    if (index - within !== this.#firstNormal) this.#fillNormals(index - within);
    return this.#normals[within]!;
  }

  /** Of four pairs, the four cosines and then the four sines: the angle is the second word's. */
  #fillNormals(first: number): void {
    for (let i = 0; i < 4; i++) {
      const a = this.word(first + i);
      const b = this.word(first + i + 4);
      // Rounded to float32 as SIMD rounds it, so that trainers in float32 see the same draws.
      const u = Math.fround(Math.fround(a >>> 1) * 2 ** -31 + 2 ** -32);
      // Within an eighth of a turn of the middle of a quadrant, where cosine and sine are (cos - sin) / sqrt(2) and
      // (cos + sin) / sqrt(2); two bits say which quadrant.
      const angle = 2 * Math.PI * (b << 2) * 2 ** -34;
      const radius = Math.sqrt(-Math.log(u));
      const difference = radius * (Math.cos(angle) - Math.sin(angle));
      const sum = radius * (Math.cos(angle) + Math.sin(angle));
      this.#normals[i] = b >>> 31 ? -difference : difference;
      this.#normals[i + 4] = (b << 1) >>> 31 ? -sum : sum;
    }
    this.#firstNormal = first;
  }

  #fill(first: number): void {
    const zeros = new Uint8Array(4 * wordsAtOnce);
    const bytes = this.#cipher(this.#key, this.#nonce, zeros, undefined, first / wordsOfBlock);
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let block = 0; block < blocksAtOnce; block++)
      for (let j = 0; j < wordsOfBlock; j++)
        this.#words[64 * (block >> 2) + 4 * j + (block & 3)] = words.getUint32(4 * (block * wordsOfBlock + j), true);
    this.#first = first;
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  return bytes;
}

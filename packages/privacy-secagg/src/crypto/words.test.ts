import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hex, toHex } from '../testing/bytes.js';
import { program } from './program.js';
import { addStream, addWords } from './words.js';

const { mostWords } = program();
/** Around the four words of a vector, the words of a block, and what the program takes at once. */
const lengths = [0, 1, 3, 4, 5, 8, 100, mostWords - 1, mostWords, mostWords + 1, 2 * mostWords + 7];

/** Counter mode as SP 800-38A writes it down: the cipher of each counter by itself. */
function counterMode(key: Uint8Array, counter: bigint, blocks: number): Uint8Array {
  const counters = Array.from({ length: blocks }, (_, i) =>
    ((counter + BigInt(i)) % 2n ** 128n).toString(16).padStart(32, '0'),
  );
  return new Uint8Array(
    createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(counters.join(''), 'hex'),
  );
}

/** The words of a stream, one by one. */
function streamOf(seed: Uint8Array, count: number): Uint32Array {
  const view = new DataView(counterMode(seed, 0n, Math.ceil(count / 4)).buffer);
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
}

/** Some words in all 32 bits. */
const someWords = (count: number, seed: number) => streamOf(new Uint8Array(32).fill(seed), count);
const bytes = (words: Uint32Array) => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
/** toEqual takes a second for each million. */
const expectSame = (a: Uint32Array, b: Uint32Array) => expect(Buffer.compare(bytes(a), bytes(b))).toBe(0);
const plainSum = (a: Uint32Array, b: Uint32Array, sign: 1 | -1) => a.map((word, i) => word + sign * b[i]!); // modulo 2^32, as stored

it('counter mode here is that of SP 800-38A, F.5.5', () => {
  const key = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const stream = counterMode(key, 0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeffn, 4);
  const plain = hex(
    `6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
     30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710`,
  );
  const encrypted = hex(
    `601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
     2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6`,
  );
  expect(plain.map((byte, i) => byte ^ stream[i]!)).toEqual(encrypted);
});

describe('addStream', () => {
  it('adds AES-256 in counter mode from zero, as in test cases 13 and 14 of McGrew and Viega on GCM', () => {
    const words = new Uint32Array(12);
    addStream(words, new Uint8Array(32), 1);
    // The hash key (counter 0), the tag of nothing (1), the first block of zeros (2).
    expect(toHex(new Uint8Array(words.buffer))).toBe(
      'dc95c078a2408989ad48a21492842087530f8afbc74536b9a963b4f1c4cb738bcea7403d4d606b6e074ec5d3baf39d18',
    );
  });

  it.each(lengths)('is the sum and the difference in plain JavaScript: %d words', (length) => {
    const seed = hex('0123456789abcdef'.repeat(4));
    const before = someWords(length, 1);
    for (const sign of [1, -1] as const) {
      const words = before.slice();
      addStream(words, seed, sign);
      expectSame(words, plainSum(before, streamOf(seed, length), sign));
    }
  });

  it('is taken off again, whatever was added meanwhile', () => {
    fc.assert(
      fc.property(bytesOf(32), bytesOf(32), fc.uint32Array({ maxLength: 50 }), (a, b, before) => {
        const words = before.slice();
        addStream(words, a, 1);
        addStream(words, b, -1);
        addStream(words, a, -1);
        addStream(words, b, 1);
        expect(words).toEqual(before);
      }),
    );
  });

  it('touches the words that it is given, and no others around them', () => {
    const words = someWords(mostWords + 20, 2);
    const before = words.slice();
    addStream(words.subarray(3, mostWords + 10), new Uint8Array(32).fill(9), 1);
    expect(words.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(words.slice(mostWords + 10)).toEqual(before.slice(mostWords + 10));
    const stream = streamOf(new Uint8Array(32).fill(9), mostWords + 7);
    expectSame(words.slice(3, -10), plainSum(before.slice(3, -10), stream, 1));
  });

  it('needs a seed of 32 bytes, and changes nothing without', () => {
    const invalid = expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'seed' }) as Error;
    const words = Uint32Array.of(1, 2, 3);
    for (const length of [0, 4, 16, 31, 33]) expect(() => addStream(words, new Uint8Array(length), 1)).toThrow(invalid);
    expect(words).toEqual(Uint32Array.of(1, 2, 3));
  });
});

describe('addWords', () => {
  it.each(lengths)('is the sum in plain JavaScript: %d words', (length) => {
    const [a, b] = [someWords(length, 3), someWords(length, 4)];
    const [into, words] = [a.slice(), b.slice()];
    addWords(into, words);
    expectSame(into, plainSum(a, b, 1));
    expectSame(words, b);
  });

  it('wraps', () => {
    const into = Uint32Array.of(2 ** 32 - 1, 2 ** 31, 5);
    addWords(into, Uint32Array.of(1, 2 ** 31 + 3, 2 ** 32 - 5));
    expect(into).toEqual(Uint32Array.of(0, 3, 0));
  });

  it('adds words to themselves', () => {
    const words = Uint32Array.of(1, 2 ** 31, 3);
    addWords(words, words);
    expect(words).toEqual(Uint32Array.of(2, 0, 6));
  });

  it('needs as many of one as of the other', () => {
    const invalid = expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'words' }) as Error;
    for (const length of [0, 2, 4])
      expect(() => addWords(new Uint32Array(3), new Uint32Array(length))).toThrow(invalid);
  });
});

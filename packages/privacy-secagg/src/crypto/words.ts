import { createCipheriv } from 'node:crypto';
import { assertThat } from '@fedward/core';
import { program } from './program.js';
import { keyBytes } from './raw-keys.js';

const wordBytes = 4;
/** Nonce and counter of a stream begin at zero: no seed is used twice. */
const start = new Uint8Array(16);
/** What streams are encrypted from, which leaves them as they are. */
let zeros: Uint8Array | undefined;

/**
 * Adds a stream to words, or takes it off, modulo 2^32. The stream of a seed is AES-256 in counter mode (NIST SP 800-38A,
 * section 6.5), from a counter of zero, as little-endian words.
 * @param words changed in place; up to 2^32 of them
 * @param seed 32 bytes, for one stream and no other use
 * @param sign 1 adds, -1 takes off
 * @throws {FedwardError} ARGUMENT_INVALID for a seed of another length
 */
export function addStream(words: Uint32Array, seed: Uint8Array, sign: 1 | -1): void {
  assertThat(seed.length === keyBytes, 'seed', `the seed of a stream has ${keyBytes} bytes, not ${seed.length}`);
  const { mostWords, bytes, addTo } = program();
  zeros ??= new Uint8Array(mostWords * wordBytes);
  const cipher = createCipheriv('aes-256-ctr', seed, start);
  for (let offset = 0; offset < words.length; offset += mostWords) {
    const part = words.subarray(offset, offset + mostWords);
    bytes.set(cipher.update(zeros.subarray(0, part.byteLength)));
    addTo(part, sign);
  }
}

/**
 * Adds words to others, modulo 2^32.
 * @param into changed in place
 * @param words as many
 * @throws {FedwardError} ARGUMENT_INVALID for another number of them
 */
export function addWords(into: Uint32Array, words: Uint32Array): void {
  assertThat(words.length === into.length, 'words', `${words.length} words can't be added to ${into.length}`);
  const adder = program();
  for (let offset = 0; offset < into.length; offset += adder.mostWords) {
    const part = into.subarray(offset, offset + adder.mostWords);
    adder.words.set(words.subarray(offset, offset + part.length));
    adder.addTo(part, 1);
  }
}

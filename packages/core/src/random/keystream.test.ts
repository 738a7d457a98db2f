import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlation, ksStatistic, moments, normalCdf, rarelyByChance } from '../testing/statistics.js';
import { dropoutLane, KeystreamWords, noiseLane, samplingLane } from './keystream.js';
import { Random } from './random.js';

const wordsOf = (hex: string) =>
  hex
    .trim()
    .split(/\s+/)
    .map((word) => Number.parseInt(word, 16));
/** Words of one block, which stand four apart. */
const block = (words: KeystreamWords, number: number): number[] =>
  Array.from({ length: 16 }, (_, j) => words.word(64 * Math.floor(number / 4) + 4 * j + (number % 4)));
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const keys = fc.array(word, { minLength: 8, maxLength: 8 }).map((words) => Uint32Array.from(words));
const key = new Random('keystream').key();

describe('words', () => {
  it('are those of RFC 8439, section 2.3.2', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
    const rfcKey = Uint32Array.from({ length: 8 }, (_, i) => new DataView(bytes.buffer).getUint32(4 * i, true));
    expect(block(new KeystreamWords({ key: rfcKey, rounds: 20 }, 0x0900_0000, 0x4a00_0000), 1)).toEqual(
      wordsOf(`e4e7f110 15593bd1 1fdd0f50 c47120a3 c7f4d1c7 0368c033 9aaa2204 4e6cd4c3
               466482d2 09aa9f07 05d7c214 a2028bd9 d19c12b5 b94e16de e883d0cb 4e3c50a2`),
    );
  });

  it('are those of ChaCha8 with a key of zeros (draft-strombergson-chacha-test-vectors, TC1)', () => {
    const words = new KeystreamWords({ key: new Uint32Array(8), rounds: 8 }, 0, 0);
    const bytes = [0, 1].flatMap((number) => block(words, number)).flatMap((w) => [w, w >>> 8, w >>> 16, w >>> 24]);
    expect(Buffer.from(bytes.map((byte) => byte & 255)).toString('hex')).toBe(
      '3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e' +
        '984ce172b9216f419f445367456d5619314a42a3da86b001387bfdb80e0cfe42' +
        'd2aefa0deaa5c151bf0adb6c01f2a5adc0fd581259f9a2aadcf20f8fd566a26b' +
        '5032ec38bbc5da98ee0c6f568b872a65a08abf251deb21bb4b56e5d8821e68aa',
    );
  });

  it("are those of OpenSSL's ChaCha20, at any key, step, lane and block", () => {
    fc.assert(
      fc.property(keys, word, word, fc.integer({ min: 0, max: 2 ** 32 - 17 }), (key, step, lane, number) => {
        const iv = Buffer.alloc(16);
        [number, step, lane, 0].forEach((value, i) => iv.writeUInt32LE(value, 4 * i));
        const bytes = Buffer.alloc(32);
        key.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i));
        const stream = createCipheriv('chacha20', bytes, iv).update(Buffer.alloc(64));
        expect(block(new KeystreamWords({ key, rounds: 20 }, step, lane), number)).toEqual(
          Array.from({ length: 16 }, (_, j) => stream.readUInt32LE(4 * j)),
        );
      }),
    );
  });

  it('do not depend on which were asked for before', () => {
    const indices = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 30 });
    const asked = new KeystreamWords({ key, rounds: 8 }, 3, 1);
    fc.assert(
      fc.property(indices, (indices) =>
        indices.every((i) => asked.word(i) === new KeystreamWords({ key, rounds: 8 }, 3, 1).word(i)),
      ),
    );
  });

  it('differ by key, rounds, step and lane', () => {
    const other = new Random('another').key();
    const streams = [
      new KeystreamWords({ key, rounds: 8 }, 0, 0),
      new KeystreamWords({ key, rounds: 20 }, 0, 0),
      new KeystreamWords({ key, rounds: 8 }, 1, 0),
      new KeystreamWords({ key, rounds: 8 }, 0, 1),
      new KeystreamWords({ key, rounds: 8 }, 1, 1),
      new KeystreamWords({ key: other, rounds: 8 }, 0, 0),
    ];
    expect(new Set(streams.flatMap((words) => [words.word(0), words.word(64)])).size).toBe(12);
  });

  it('are in lanes of their own for sampling, noise and each dropout', () => {
    expect(new Set([samplingLane, noiseLane, dropoutLane]).size).toBe(3);
    expect(dropoutLane).toBeGreaterThan(Math.max(samplingLane, noiseLane)); // those of further layers follow it
  });
});

describe('draws', () => {
  const words = new KeystreamWords({ key, rounds: 8 }, 5, 1);

  it('use each word once: pairs are four apart', () => {
    const index = new Map(Array.from({ length: 512 }, (_, i) => [words.word(i), i]));
    const used = Array.from({ length: 256 }, (_, p) => words.pair(p).map((value) => index.get(value)!));
    for (const [p, [first, second]] of used.entries())
      expect([first, second]).toEqual([8 * (p >> 2) + (p & 3), 8 * (p >> 2) + (p & 3) + 4]);
    expect(new Set(used.flat()).size).toBe(512);
  });

  it('are uniform: the 27 and 26 upper bits of a pair', () => {
    for (let i = 0; i < 100; i++) {
      const [a, b] = words.pair(i);
      const bits = (BigInt(a >>> 5) << 26n) + BigInt(b >>> 6);
      expect(words.uniform(i)).toBe(Number(bits) / 2 ** 53);
    }
    const sample = Float64Array.from({ length: 50_000 }, (_, i) => words.uniform(i));
    expect(ksStatistic(sample, (x) => Math.min(1, Math.max(0, x)))).toBeLessThan(rarelyByChance);
  });

  it('are normal: cosine and sine of a pair, four apart', () => {
    for (let i = 0; i < 64; i++) {
      const [a, b] = words.pair(4 * (i >> 3) + (i & 3));
      const radius = Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32));
      // 30 bits are the angle in the first quadrant, from its middle on; the two upper ones are the signs.
      const turns = ((b + 2 ** 29) % 2 ** 30) / 2 ** 32;
      const [cosine, sine] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
      const value = i & 4 ? sine * (-1) ** ((b >>> 30) & 1) : cosine * (-1) ** (b >>> 31);
      // float32 has 24 bits of the radius's 31
      expect(words.normal(i)).toBeCloseTo(radius * value, 5);
    }
  });

  it('are normal, standard and not correlated', () => {
    const n = 200_000;
    const sample = Float64Array.from({ length: n }, (_, i) => words.normal(i));
    const { mean, variance } = moments(sample);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(ksStatistic(sample, normalCdf)).toBeLessThan(rarelyByChance);
    for (const lag of [1, 3, 4, 8, 64]) {
      expect(Math.abs(correlation(sample.subarray(lag), sample.subarray(0, -lag)))).toBeLessThan(4 / Math.sqrt(n));
      const squares = sample.map((x) => x * x);
      expect(Math.abs(correlation(squares.subarray(lag), squares.subarray(0, -lag)))).toBeLessThan(4 / Math.sqrt(n));
    }
  });
});

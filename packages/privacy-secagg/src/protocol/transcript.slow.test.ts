import { describe, expect, it } from 'vitest';
import { derive } from '../crypto/derive.js';
import { combine } from '../crypto/shamir.js';
import { addStream } from '../crypto/words.js';
import { idsOf, plan, runRound, type RoundCame } from '../testing/round.js';
import { maskDigest, roundDigest } from './context.js';
import type { AnswerOf } from './messages.js';

const ids = idsOf(5);
const size = 50_000;
/** Nothing at all, so that whatever is not flat shows. */
const zeros = new Map(ids.map((id) => [id, new Uint32Array(size)]));

/**
 * Chi-square of the bytes against flat, as standard deviations from its mean of 255: beyond 6 once in 10^9 (normal
 * approximation to 255 degrees of freedom).
 */
function unevenness(words: Uint32Array): number {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte]!++;
  const expected = bytes.length / 256;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chi - 255) / Math.sqrt(2 * 255);
}

const updatesIn = ({ received }: RoundCame) =>
  new Map(received.filter(({ stage }) => stage === 'update').map(({ id, body }) => [id, body as Uint32Array]));

describe('from all that the server receives', () => {
  it('each update is flat, and still is once its own mask is off', async () => {
    const came = await runRound({ updates: zeros });
    const info = maskDigest(roundDigest({ runId: 'run', round: 0, plan, cohort: ids }), ids, 'model');
    const told = came.received.filter(({ stage }) => stage === 'unmask').map(({ body }) => body as AnswerOf<'unmask'>);
    for (const [id, words] of updatesIn(came)) {
      expect(Math.abs(unevenness(words)), id).toBeLessThan(6);
      const shares = told.map(({ seeds }) => seeds.find(({ of }) => of === id)!.share);
      const rest = words.slice();
      addStream(rest, derive(await combine(shares), info), -1);
      expect(Math.abs(unevenness(rest)), id).toBeLessThan(6); // the pairwise streams are on it still
      expect(told.every(({ masks }) => masks.length === 0)).toBe(true);
    }
    expect(came.unmasked.words).toEqual(new Uint32Array(size)); // and the test would see an update without a mask:
    expect(Math.abs(unevenness(came.unmasked.words))).toBeGreaterThan(1000);
  });

  it('an update that came too late for the sum is flat too: of its sender one secret is told, not both', async () => {
    const late = ids[4]!;
    const came = await runRound({ updates: zeros, silent: (id, stage) => id === late && stage === 'update' });
    const told = came.received.filter(({ stage }) => stage === 'unmask').map(({ body }) => body as AnswerOf<'unmask'>);
    for (const { seeds, masks } of told) {
      expect(masks.map(({ of }) => of)).toEqual([late]);
      expect(seeds.map(({ of }) => of)).toEqual(ids.slice(0, 4));
    }
  });

  it('what one hospital sends changes nothing that can be decoded but the sum', async () => {
    const one = new Map(zeros).set(ids[2]!, new Uint32Array(size).fill(1));
    const came = await runRound({ updates: one });
    expect(came.unmasked.words).toEqual(new Uint32Array(size).fill(1));
    for (const [id, words] of updatesIn(came)) expect(Math.abs(unevenness(words)), id).toBeLessThan(6);
    // Of all else that it receives nothing is as long as an update, or comes after one but signatures and shares.
    for (const { stage, body } of came.received)
      if (stage !== 'update') expect(JSON.stringify(body).length).toBeLessThan(5000);
  });

  it('two rounds of the same updates have nothing in common', async () => {
    const [first, second] = [await runRound({ updates: zeros }), await runRound({ updates: zeros, round: 1 })];
    for (const [id, words] of updatesIn(first)) {
      const difference = updatesIn(second)
        .get(id)!
        .map((word, i) => word - words[i]!);
      expect(Math.abs(unevenness(difference)), id).toBeLessThan(6);
    }
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../testing/bytes.js';
import { combine, commitment, split } from './shamir.js';

const invalid = expect.objectContaining({ name: 'FedwardError', code: 'SHARE_INVALID' }) as Error;
const argument = (subject: string) => expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }) as Error;

/** A secret, how many share it, how many are needed, and an order of the shares. */
const sharings = fc.integer({ min: 2, max: 12 }).chain((shares) =>
  fc.record({
    secret: fc.uint8Array({ minLength: 16, maxLength: 40 }),
    shares: fc.constant(shares),
    threshold: fc.integer({ min: 2, max: shares }),
    order: fc.shuffledSubarray([...Array(shares).keys()], { minLength: shares }),
  }),
);

describe('split and combine', () => {
  it('are over the field of AES: the products of FIPS 197, section 4.2', async () => {
    // 2a + 57 x, where 57 * 83 = c1 and 57 * 13 = fe
    expect(toHex(await combine([hex('eb83'), hex('d413')]))).toBe('2a');
  });

  it('give the secret back of as many as the threshold, whichever and in whatever order, and of more', async () => {
    await fc.assert(
      fc.asyncProperty(sharings, fc.nat(10), async ({ secret, shares, threshold, order }, more) => {
        const all = await split(secret, shares, threshold);
        expect(all).toHaveLength(shares);
        const some = order.slice(0, threshold + more).map((i) => all[i]!);
        expect(await combine(some)).toEqual(secret);
      }),
      { numRuns: 200 },
    );
  });

  it('give another one of fewer, which its commitment shows', async () => {
    await fc.assert(
      fc.asyncProperty(sharings, async ({ secret, shares, threshold, order }) => {
        fc.pre(threshold > 2);
        const all = await split(secret, shares, threshold);
        const other = await combine(order.slice(0, threshold - 1).map((i) => all[i]!));
        expect(other).not.toEqual(secret);
        expect(commitment(other, 'a')).not.toEqual(commitment(secret, 'a'));
      }),
      { numRuns: 100 },
    );
  });

  it('give another one where a share was changed, which its commitment shows', async () => {
    const secret = new Uint8Array(32).fill(5);
    const shares = await split(secret, 5, 4);
    for (let byte = 0; byte < 32; byte++) {
      const changed = new Uint8Array(shares[0]!);
      changed[byte]! ^= 0x40;
      const other = await combine([changed, ...shares.slice(1)]);
      expect(commitment(other, 'a')).not.toEqual(commitment(secret, 'a'));
    }
  });

  it('work for a hundred hospitals', async () => {
    const secret = new Uint8Array(32).map((_, i) => i);
    const shares = await split(secret, 99, 67);
    expect(await combine(shares.slice(20, 87))).toEqual(secret);
    expect(new Set(shares.map((share) => share.at(-1))).size).toBe(99); // their points
    for (const share of shares) expect(share).toHaveLength(33);
  });

  it('shares of one secret are others each time', async () => {
    const secret = new Uint8Array(32);
    const first = await Promise.all(Array.from({ length: 20 }, async () => (await split(secret, 3, 2))[0]!));
    expect(new Set(first.map(toHex)).size).toBe(20);
  });
});

describe('split refuses', () => {
  it.each([
    ['shares', 1, 2],
    ['shares', 256, 2],
    ['shares', 2.5, 2],
    ['threshold', 5, 1],
    ['threshold', 5, 6],
    ['threshold', 5, NaN],
  ])('%s: %d shares at threshold %d', async (subject, shares, threshold) => {
    await expect(split(new Uint8Array(32), shares, threshold)).rejects.toThrow(argument(subject));
  });

  it('an empty secret', async () => {
    await expect(split(new Uint8Array(0), 3, 2)).rejects.toThrow(argument('secret'));
  });
});

describe('combine refuses', () => {
  it('what are no shares of one secret', async () => {
    const shares = await split(new Uint8Array(4), 3, 2);
    const [one, another] = [shares[0]!, shares[1]!];
    const atSecret = hex('0000000000');
    const wrong = [[], [one], [one, one], [one, another.subarray(1)], [hex('01'), hex('02')], [one, another, atSecret]];
    for (const those of wrong) await expect(combine(those)).rejects.toThrow(invalid);
  });
});

describe('commitment', () => {
  const secret = hex('00ff10');

  it('is SHA-256 of its name, the length of the context, the context and the secret', () => {
    const bytes = Buffer.concat([Buffer.from('fedward/privacy-secagg/commitment\0\0\0\0\x05round'), secret]);
    expect(commitment(secret, 'round')).toEqual(new Uint8Array(createHash('sha256').update(bytes).digest()));
  });

  it('is another for another secret or context, wherever one ends and the other begins', () => {
    const all = [
      commitment(secret, 'ab'),
      commitment(secret, 'a'),
      commitment(hex('6200ff10'), 'a'), // begins with b
      commitment(secret, ''),
      commitment(hex('00ff11'), 'ab'),
      commitment(secret, 'äb'),
    ];
    expect(new Set(all.map(toHex)).size).toBe(all.length);
  });
});

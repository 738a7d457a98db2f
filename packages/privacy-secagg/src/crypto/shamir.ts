import { createHash } from 'node:crypto';
import { assertInteger, assertThat, FedwardError, wordsOf } from '@fedward/core';
import * as shamir from 'shamir-secret-sharing';

/** Points of GF(2^8) other than 0, at which the secret itself stands. */
const mostShares = 255;

/**
 * Shares of a secret (Shamir 1979, over GF(2^8), byte by byte): as many as the threshold give it back. Fewer tell of each byte
 * at most one value that it is not, since the library's polynomials have the full degree: 0.2 bits of 32 bytes. Which share is
 * whose does not matter, as each carries its point.
 * @param secret 1 byte and more
 * @param shares 2 to 255
 * @param threshold 2 to `shares`
 * @returns each one byte longer than the secret, from the operating system's CSPRNG
 * @throws {FedwardError} ARGUMENT_INVALID for other numbers, or an empty secret
 */
export async function split(secret: Uint8Array, shares: number, threshold: number): Promise<Uint8Array[]> {
  assertThat(secret.length > 0, 'secret', 'a secret has at least one byte');
  assertInteger('shares', shares, 2, mostShares);
  assertInteger('threshold', threshold, 2, shares);
  return shamir.split(new Uint8Array(secret), shares, threshold);
}

/**
 * The secret that shares are of. Fewer than the threshold, or shares of several secrets, give another one without a word:
 * whoever combines compares its `commitment`.
 * @throws {FedwardError} SHARE_INVALID for what are no shares of one secret: fewer than two, of several lengths, two at one
 *   point, one at the point of the secret itself
 */
export async function combine(shares: readonly Uint8Array[]): Promise<Uint8Array> {
  try {
    if (shares.some((share) => share.at(-1) === 0)) throw new RangeError('a share stands where the secret does');
    return await shamir.combine(shares.map((share) => new Uint8Array(share)));
  } catch (cause) {
    throw new FedwardError('SHARE_INVALID', `no secret follows from these shares: ${wordsOf(cause)}`, undefined, {
      cause,
    });
  }
}

/**
 * What shows, once a secret is put together, that it is the one that was shared: SHA-256 over a name of this purpose, the
 * context with its length before it, and the secret. Hides a secret that can't be guessed.
 * @param secret random, of 16 bytes and more
 * @param context what it is the secret of
 * @returns 32 bytes
 */
export function commitment(secret: Uint8Array, context: string): Uint8Array {
  const words = Buffer.from(context);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(words.length);
  const hash = createHash('sha256').update('fedward/privacy-secagg/commitment\0').update(length);
  return new Uint8Array(hash.update(words).update(secret).digest());
}

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import * as z from 'zod';

/** What a guess at a passphrase costs. Source: RFC 7914. */
export interface ScryptCost {
  /** CPU and memory, a power of two: 128 N r bytes are needed at once. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** The first of the settings that OWASP's cheat sheet on storing passwords names: 128 MiB, a few tenths of a second. */
export const owaspCost: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

/** A file says what it costs to open it, and may be anyone's. */
const mostMemory = 2 ** 30;

const base64 = z.base64();

/** How the private half was encrypted: in the header, which is authenticated. */
export const methodSchema = z.strictObject({
  encoding: z.literal('pkcs8+aes-256-gcm'),
  kdf: z
    .strictObject({ name: z.literal('scrypt'), N: z.int(), r: z.int().min(1), p: z.int().min(1).max(16), salt: base64 })
    .refine(({ N }) => N > 1 && Number.isInteger(Math.log2(N)), 'N is a power of two')
    .refine(({ N, r }) => 128 * N * r <= mostMemory, 'it asks for more than 1 GiB of memory'),
  nonce: base64,
});

/** How it was encrypted. */
export type EncryptionMethod = z.output<typeof methodSchema>;

/** A method with a salt and a nonce of its own. */
export function newMethod({ N, r, p }: ScryptCost = owaspCost): EncryptionMethod {
  return {
    encoding: 'pkcs8+aes-256-gcm',
    kdf: { name: 'scrypt', N, r, p, salt: randomBytes(32).toString('base64') },
    nonce: randomBytes(12).toString('base64'),
  };
}

/**
 * AES-256-GCM (NIST SP 800-38D) under a key that scrypt derives from the passphrase.
 * @param header what is authenticated with it
 * @returns ciphertext and the tag of 16 bytes, base64
 */
export async function encrypt(
  plain: Uint8Array,
  passphrase: string,
  method: EncryptionMethod,
  header: string,
): Promise<string> {
  const key = await derived(passphrase, method);
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(method.nonce, 'base64'));
  cipher.setAAD(Buffer.from(header));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/**
 * The inverse of `encrypt`.
 * @throws {FedwardError} CONFIG_INVALID (`passphrase`) for another passphrase, another header or a changed ciphertext: which
 *   of them it is can't be told
 */
export async function decrypt(
  sealed: string,
  passphrase: string,
  method: EncryptionMethod,
  header: string,
): Promise<Uint8Array> {
  const key = await derived(passphrase, method);
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const nonce = Buffer.from(method.nonce, 'base64');
    const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.from(header));
    cipher.setAuthTag(bytes.subarray(-tagLength));
    return Buffer.concat([cipher.update(bytes.subarray(0, -tagLength)), cipher.final()]);
  } catch (cause) {
    throw new FedwardError('CONFIG_INVALID', 'it is another passphrase, or the file was changed', 'passphrase', {
      cause,
    });
  }
}

const tagLength = 16;

/** 32 bytes. The passphrase in normal form C: keyboards differ in how they write an accent. */
function derived(passphrase: string, { kdf: { N, r, p, salt } }: EncryptionMethod): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 2 * 128 * r * (N + p) };
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

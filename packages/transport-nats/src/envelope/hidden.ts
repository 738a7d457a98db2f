import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import { bytesOfBase64 } from '@fedward/kit-keys';

// Every hospital can read all that lies in DOWN. What is for one of them alone, and too large to go with the question, lies
// there encrypted by AES-256-GCM (NIST SP 800-38D) under a key that is used once and goes with the question.

const tagLength = 16;
/** A key is used for one text only, so that the nonce need not be another each time. */
const nonce = Buffer.alloc(12);

/** @returns the ciphertext with its tag, and the key in base64 */
export function hide(bytes: Uint8Array): { readonly hidden: Uint8Array; readonly key: string } {
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return { hidden: Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]), key: key.toString('base64') }; // prettier-ignore
}

/** The inverse. @throws {FedwardError} MESSAGE_INVALID for another key, or bytes that were changed */
export function reveal(hidden: Uint8Array, key: string): Uint8Array {
  try {
    const decipher = createDecipheriv('aes-256-gcm', bytesOfBase64(key)!, nonce, { authTagLength: tagLength });
    decipher.setAuthTag(hidden.subarray(-tagLength));
    return Buffer.concat([decipher.update(hidden.subarray(0, -tagLength)), decipher.final()]);
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', 'arrays of a question do not open by the key that came with it', 'key', { cause }); // prettier-ignore
  }
}

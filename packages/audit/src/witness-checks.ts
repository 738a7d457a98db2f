import { FedwardError, type EntryProof } from '@fedward/core';
import type { Verifier } from '@fedward/kit-keys';
import { cosignaturesOf, leafHash, openProof } from '@fedward/kit-merkle';

/**
 * @param checkpoint a signed note
 * @param cosignature the line that is to stand under it (C2SP tlog-cosignature)
 * @throws {FedwardError} SIGNATURE_INVALID unless it is this one's, of this checkpoint; MESSAGE_INVALID for no note
 */
export function assertCosignedBy(who: Verifier, checkpoint: string, cosignature: string): void {
  if (cosignature.split('\n').length === 2 && cosignaturesOf(checkpoint + cosignature, [who]).length === 1) return;
  throw new FedwardError('SIGNATURE_INVALID', `this is not the cosignature of ${who.name}`, who.name);
}

/**
 * @throws {FedwardError} SIGNATURE_INVALID or AUDIT_TAMPERED unless the entry is in the log of this key, as `openProof`;
 *   MESSAGE_INVALID for no proof
 */
export function assertLoggedBy(who: Verifier, { entry, proof }: EntryProof): void {
  openProof(proof, leafHash(Buffer.from(entry)), [who]);
}

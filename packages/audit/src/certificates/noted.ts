import { verifierOf } from '@fedward/kit-keys';
import type { NotedHead } from '../noted.js';
import { witnessedHead } from './witnessed.js';

/**
 * That the owner of a log has signed a head of it, and that the witness which noted it has cosigned it.
 * @param owner verifier key of the log
 * @param witness verifier key of who noted it
 * @throws {Error} saying what does not hold
 */
export function assertNoted({ checkpoint, cosignature }: NotedHead, owner: string, witness: string): void {
  witnessedHead(checkpoint + cosignature, verifierOf(owner), [verifierOf(witness)]);
}

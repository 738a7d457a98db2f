import { FedwardError, type EntryProof } from '@fedward/core';
import { formatProof, parseProof } from '@fedward/kit-merkle';

/**
 * An entry with the proof that it is in a log as one text: a tlog-proof (C2SP tlog-proof) whose extra data are the bytes of
 * the entry's leaf, which is what they are for: what is needed to have the record's hash again. Any program that reads
 * such proofs reads it.
 *
 * @throws {FedwardError} MESSAGE_INVALID where `proof` is none
 */
export function formatEntryProof({ entry, proof }: EntryProof): string {
  return formatProof({ ...parseProof(proof), extra: Buffer.from(entry) });
}

/**
 * The same taken apart again. Nothing is checked: `openEntryProof` does that.
 * @throws {FedwardError} MESSAGE_INVALID for what is no such proof, or has no entry with it
 */
export function parseEntryProof(text: string): EntryProof {
  const { extra, ...proof } = parseProof(text);
  if (extra === undefined)
    throw new FedwardError('MESSAGE_INVALID', 'not a proof of an entry: the entry is not in it', 'proof');
  return { entry: Buffer.from(extra).toString('utf8'), proof: formatProof(proof) };
}

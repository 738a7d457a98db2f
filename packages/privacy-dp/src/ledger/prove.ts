import { FedwardError, type EntryProof } from '@fedward/core';
import { formatProof, inclusionProof, leafHash } from '@fedward/kit-merkle';
import { entriesAfter } from './entries.js';
import { pathsIn } from './files.js';
import { Signatures } from './signatures.js';
import { readTerms } from './terms.js';

/**
 * What shows that a charge is in a ledger to whoever has its verifier key, and nothing of the other charges but hashes.
 *
 * @param index of the entry, as its file is named, from 1 on; it is also that of the leaf, since the terms are leaf 0
 * @returns the bytes of the entry's file, which are the leaf, and a tlog-proof (C2SP) with the ledger's last checkpoint
 * @throws {FedwardError} FILE_NOT_FOUND where there is no ledger; CONFIG_INCOMPATIBLE (`signer`) for one that is not signed;
 *   ARGUMENT_INVALID for an entry that is not there, is no charge, or is not signed yet; LEDGER_DAMAGED; STORAGE_FAILED
 */
export async function proveCharge(directory: string, index: number): Promise<EntryProof> {
  const paths = pathsIn(directory);
  const known = await readTerms(paths);
  if (!known) throw new FedwardError('FILE_NOT_FOUND', `there is no ledger in ${directory}`, directory);
  const signatures = new Signatures(paths, known);
  const leaves = [leafHash(Buffer.from(known.text))];
  let proved: string | undefined;
  for await (const entry of entriesAfter(paths, { count: 0, hash: known.hash })) {
    await signatures.take(entry);
    leaves.push(leafHash(Buffer.from(entry.text)));
    if (entry.head.count === index && entry.release) proved = entry.text;
  }
  const { size = 0, checkpoint = null } = signatures.state ?? {};
  if (checkpoint === null)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `the ledger in ${directory} is not signed: there is nothing to show a charge by`,
      'signer',
    );
  // What else it holds, terms and digests of data, is a fact about patients, and stays in the ledger.
  if (proved === undefined || index >= size)
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `entry ${index} of the ledger in ${directory} is no signed charge`,
      'index',
    );
  const proof = inclusionProof(leaves.slice(0, size), index);
  return { entry: proved, proof: formatProof({ index, proof, checkpoint }) };
}

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, sha256 } from '@fedward/core';
import { createFileAtomic, isDraft, makeFolder, readBytes, readJson } from '@fedward/kit-files';
import { parseProposal, proposalDigest, type Proposal } from './proposal.js';

/** A signed note as it lies in a store. */
export interface StoredNote {
  readonly file: string;
  readonly note: string;
}

/** Where a host keeps what was proposed, approved and revoked. Nothing is ever changed in it, or taken away. */
export interface ApprovalStore {
  proposals(): Promise<readonly { readonly file: string; readonly proposal: Proposal }[]>;
  approvals(): Promise<readonly StoredNote[]>;
  revocations(): Promise<readonly StoredNote[]>;
  /** @returns the file's name; the same for the same */
  addProposal(proposal: Proposal): Promise<string>;
  addApproval(note: string): Promise<string>;
  addRevocation(note: string): Promise<string>;
}

const kinds = { proposal: '.proposal.json', approval: '.approval', revocation: '.revocation' } as const;
/** A note is at most 1 MiB (C2SP signed-note). */
const mostNote = 2 ** 20;

/**
 * A folder of files as a store: an inbox. It is its owner's alone; whoever may write there can take a revocation away.
 * @throws {FedwardError} of its methods: FILE_NOT_FOUND for a folder that is not there, FILE_INVALID, STORAGE_FAILED,
 *   CONFIG_INVALID or DIGEST_MISMATCH for a proposal that is none
 */
export function approvalFolder(directory: string): ApprovalStore {
  const files = async (suffix: string): Promise<string[]> => {
    if (!existsSync(directory)) throw new FedwardError('FILE_NOT_FOUND', `there is no folder of approvals ${directory}`, directory); // prettier-ignore
    const names = await readdir(directory);
    return names.filter((name) => name.endsWith(suffix) && !isDraft(name)).sort();
  };
  const notes = async (suffix: string): Promise<StoredNote[]> =>
    Promise.all(
      (await files(suffix)).map(async (name) => {
        const file = join(directory, name);
        return { file, note: new TextDecoder().decode(await readBytes(file, { mostBytes: mostNote })) };
      }),
    );
  const add = async (digest: string, suffix: string, text: string): Promise<string> => {
    await makeFolder(directory);
    const file = join(directory, `${digest.slice(0, 16)}${suffix}`);
    await createFileAtomic(file, text);
    return file;
  };
  return {
    proposals: async () =>
      Promise.all(
        (await files(kinds.proposal)).map(async (name) => {
          const file = join(directory, name);
          return { file, proposal: parseProposal((await readJson(file)).json, file) };
        }),
      ),
    approvals: () => notes(kinds.approval),
    revocations: () => notes(kinds.revocation),
    addProposal: (proposal) =>
      add(proposalDigest(proposal).slice('sha256:'.length), kinds.proposal, `${JSON.stringify(proposal, null, 2)}\n`),
    addApproval: (note) => add(sha256(note), kinds.approval, note),
    addRevocation: (note) => add(sha256(note), kinds.revocation, note),
  };
}

import { dirname, resolve } from 'node:path';
import { FedwardError, planHash } from '@fedward/core';
import {
  approvalFolder,
  approve,
  parseProposal,
  proposalDigest,
  readApproval,
  revoke,
  subjectDigests,
  type Proposal,
} from '@fedward/compliance';
import { readJson } from '@fedward/kit-files';
import { readVerifierKeys } from '@fedward/kit-keys';
import { printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';
import { inboxOf, lastApproved } from './inbox.js';
import { differencesOf, summaryOf } from './plan-words.js';
import { signerFrom, type SigningFlags } from './signing.js';

export interface InboxFlags {
  readonly keys?: string;
  readonly json?: boolean;
}
export interface ApproveFlags extends SigningFlags {
  readonly meaning: string;
  readonly expires?: string;
  readonly hospital?: readonly string[];
  readonly json?: boolean;
}
export interface RevokeFlags extends SigningFlags {
  readonly inbox: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** `fedward plan show`. */
export async function showAction(file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const proposal = await proposalIn(file);
  const digests = {
    digest: proposalDigest(proposal),
    plan: planHash(proposal.plan),
    subjects: subjectDigests(proposal),
  };
  if (json) return printJson({ proposal, digests });
  for (const [what, words] of summaryOf(proposal)) printLine(`${`${what}:`.padEnd(21)}${words}`);
  printLine();
  printLine(`proposal ${digests.digest}`);
  printLine(`plan     ${digests.plan}`);
  for (const { hospital, digest } of digests.subjects) printLine(`${hospital} ${digest}`);
}

/** `fedward plan diff`. @throws {FedwardError} CONFIG_INVALID where nothing was approved to compare it with */
export async function diffAction(file: string, other: string | undefined, { keys, json }: InboxFlags): Promise<void> {
  const proposal = await proposalIn(file);
  const was = other === undefined ? await lastIn(file, proposal, keys) : { file: other, proposal: await proposalIn(other) }; // prettier-ignore
  const differences = differencesOf(was.proposal, proposal);
  if (json) return printJson({ file, other: was.file, differences });
  printLine(`compared with ${was.proposal.name}, of ${was.proposal.time} (${was.file})`);
  for (const difference of differences) printLine(`  ${difference}`);
  if (differences.length === 0) printLine('  nothing differs');
}

async function lastIn(file: string, proposal: Proposal, keys: string | undefined) {
  const last = await lastApproved(approvalFolder(dirname(resolve(file))), proposal, keys === undefined ? undefined : await readVerifierKeys(keys)); // prettier-ignore
  if (last) return last;
  throw new FedwardError('CONFIG_INVALID', `${dirname(file)} holds no other plan that was approved: name one to compare it with`, file); // prettier-ignore
}

/** `fedward plan approve`. */
export async function approveAction(file: string, flags: ApproveFlags): Promise<void> {
  const { meaning, expires, hospital, json } = flags;
  const proposal = await proposalIn(file);
  const note = approve(proposal, {
    ...{ signer: await signerFrom(flags), meaning, hospitals: hospital, time: new Date().toISOString() },
    expires: expires === undefined ? undefined : endOf(expires),
  });
  const written = await approvalFolder(dirname(resolve(file))).addApproval(note);
  const { digest } = readApproval(note);
  if (json) return printJson({ file: written, digest, note });
  for (const line of note.split('\n\n')[0]!.split('\n').slice(0, -1)) printLine(line);
  printLine(`approval ${digest}`);
  printLine(`written to ${written}`);
}

/** `fedward plan revoke`. */
export async function revokeAction(digest: string, { inbox, reason, json, ...signing }: RevokeFlags): Promise<void> {
  const note = revoke(digest, { signer: await signerFrom(signing), reason, time: new Date().toISOString() });
  const file = await approvalFolder(inbox).addRevocation(note);
  if (json) return printJson({ file, note });
  printLine(`revoked ${digest}`);
  printLine(`written to ${file}`);
}

/** `fedward plan inbox`. */
export async function inboxAction(dir: string, { keys, json }: InboxFlags): Promise<void> {
  const items = await inboxOf(approvalFolder(dir), keys === undefined ? undefined : await readVerifierKeys(keys));
  if (json) return printJson({ directory: dir, checked: keys !== undefined, items });
  if (items.length === 0) return printLine('nothing waits here');
  const head = ['proposal', 'of', 'for', 'approved by', 'revoked by'];
  const rows = items.map(({ file, name, time, hospitals, approvals, revocations }) => [
    [name, file],
    time,
    hospitals.join(', '),
    approvals.length === 0 ? 'nobody yet' : approvals.map(({ by, meaning, hospitals: of }) => `${by.join(' and ')}, for ${of.join(', ')}: ${meaning}`), // prettier-ignore
    revocations.map(({ by, reason }) => `${by.join(' and ')}: ${reason}`),
  ]);
  printTable(head, rows);
  if (keys === undefined) printLine('Signatures were not checked: give --keys with the verifier keys of those who may sign.'); // prettier-ignore
}

async function proposalIn(file: string): Promise<Proposal> {
  return parseProposal((await readJson(file)).json, file);
}

/** @throws {FedwardError} CONFIG_INVALID for what is no date */
function endOf(text: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const time = Date.parse(text) + (day ? 86_400_000 : 0);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time)) return new Date(time).toISOString();
  throw new FedwardError('CONFIG_INVALID', `--expires: ${text} is no date, such as 2027-06-30`, '--expires');
}

import { isFedwardError } from '@fedward/core';
import { readNote, verifierOf, type Verifier } from '@fedward/kit-keys';
import { openApproval, openRevocation, readRevocation, type Approval, type Opened, type Revocation } from './note.js';
import type { ApprovalStore } from './store.js';
import { subjectDifferences, subjectDigest, type RunSubject } from './subject.js';

/** Of `verifyApprovals`. */
export interface VerifyApprovalsOptions {
  /** Verifier keys of those who may sign. */
  readonly keys: readonly string[];
  /** How many must have, each by another key. */
  readonly people: number;
  /** ISO 8601. */
  readonly now: string;
}

/** An approval that counts. */
export interface CountedApproval {
  /** Of its text. */
  readonly digest: string;
  /** Name of the key that signed it. */
  readonly key: string;
  readonly meaning: string;
  readonly time: string;
  readonly expires?: string | undefined;
}

/** Whether a run was approved, by whom, and if not, why not. */
export interface ApprovalVerdict {
  readonly ok: boolean;
  readonly by: readonly CountedApproval[];
  /** Why it is not approved, by name of what differs; '' where it is. */
  readonly why: string;
  /** The same for who asks from outside: without the words of those who revoked, which may be of a patient. */
  readonly told: string;
}

/**
 * Whether what is about to run is what was approved: by so many people, each with a key of their own, none of whose
 * approvals has ended or was revoked. A revocation wins, whatever the order, also by another key of the same name, such as one that was
 * rotated since; one that can't be read refuses everything.
 */
export async function verifyApprovals(
  store: ApprovalStore,
  subject: RunSubject,
  { keys, people, now }: VerifyApprovalsOptions,
): Promise<ApprovalVerdict> {
  const known = keys.map(verifierOf);
  const revoked = await revocationsOf(store, known);
  if (typeof revoked === 'string') return refused(revoked);
  const opened = await approvalsOf(store, known);
  const digest = subjectDigest(subject);
  const ofThis = opened.filter(({ said }) => said.subjects.some((each) => each.digest === digest));
  if (ofThis.length === 0) return refused(await whyNone(store, opened, subject));
  const by = new Map<string, CountedApproval>();
  const not: Fault[] = [];
  for (const approval of ofThis) {
    const fault = faultOf(approval, digest, revoked, now);
    if (fault) not.push(fault);
    else for (const verifier of approval.by) by.set(keyOf(verifier), counted(approval, verifier));
  }
  if (by.size >= people) return { ok: true, by: [...by.values()], why: '', told: '' };
  const missing = `${by.size} of ${people} people have approved it`;
  const all = (words: readonly string[]): string => [...new Set(words), missing].join('; ');
  return { ok: false, by: [...by.values()], why: all(not.map(({ why }) => why)), told: all(not.map(({ told }) => told)) }; // prettier-ignore
}

function refused(why: string): ApprovalVerdict {
  return { ok: false, by: [], why, told: why };
}

/** Why an approval does not count, in the words of `ApprovalVerdict`. */
type Fault = Pick<ApprovalVerdict, 'why' | 'told'>;

/** @returns in words, where one can't be read */
async function revocationsOf(
  store: ApprovalStore,
  known: readonly Verifier[],
): Promise<readonly Opened<Revocation>[] | string> {
  // prettier-ignore
  const opened: Opened<Revocation>[] = [];
  for (const { note } of await store.revocations()) {
    try {
      const { signatures } = readNote(note);
      const signers = known.filter((key) => signatures.some(({ name }) => name === key.name));
      // Of nobody who may approve, it takes nothing back; else anybody could stop a study.
      if (signers.length === 0) continue;
      const ofKnownKey = signatures.some(({ name, keyId }) =>
        known.some((key) => key.name === name && key.keyId === keyId),
      );
      // By another key of such a name, as before a rotation, nobody here can check it. It stands all the same: to stop is safe.
      opened.push(ofKnownKey ? openRevocation(note, known) : { ...readRevocation(note), by: signers });
    } catch (error) {
      if (!isFedwardError(error)) throw error;
      return 'a revocation can’t be read: until its host has looked, nothing counts as approved';
    }
  }
  return opened;
}

/** Those that are of known keys, and whole. */
async function approvalsOf(store: ApprovalStore, known: readonly Verifier[]): Promise<Opened<Approval>[]> {
  return (await store.approvals()).flatMap(({ note }) => {
    try {
      return [openApproval(note, known)];
    } catch (error) {
      if (isFedwardError(error)) return [];
      throw error;
    }
  });
}

function faultOf(
  { said, digest: own, by }: Opened<Approval>,
  subject: string,
  revoked: readonly Opened<Revocation>[],
  now: string,
): Fault | undefined {
  const of = [own, said.proposal, said.plan, subject];
  const revocation = revoked.find(({ said }) => of.includes(said.of));
  const who = by.map(({ name }) => name).join(' and ');
  if (revocation) {
    const told = `it was revoked by ${revocation.by.map(({ name }) => name).join(' and ')}`;
    return { told, why: `${told}: ${revocation.said.reason}` };
  }
  if (!(Date.parse(said.time) <= Date.parse(now))) return openly(`the approval of ${who} is of ${said.time}, which is not yet`); // prettier-ignore
  if (said.expires !== undefined && !(Date.parse(now) < Date.parse(said.expires))) return openly(`the approval of ${who} ended at ${said.expires}`); // prettier-ignore
  return undefined;
}

function openly(why: string): Fault {
  return { why, told: why };
}

function counted({ said, digest }: Opened<Approval>, { name }: Verifier): CountedApproval {
  const { meaning, time, expires } = said;
  return { digest, key: name, meaning, time, ...(expires !== undefined && { expires }) };
}

/** Two names of one key are one person. */
function keyOf({ verifierKey }: Verifier): string {
  return verifierKey.split('+').slice(2).join('+');
}

/** What differs from what was approved for this hospital, of that which differs least. */
async function whyNone(store: ApprovalStore, opened: readonly Opened<Approval>[], now: RunSubject): Promise<string> {
  const approved = new Set(opened.flatMap(({ said }) => said.subjects.map(({ digest }) => digest)));
  const candidates = (await store.proposals())
    .flatMap(({ proposal }) => proposal.subjects)
    .filter((subject) => subject.hospital === now.hospital && approved.has(subjectDigest(subject)))
    .map((subject) => subjectDifferences(subject, now))
    .sort((a, b) => a.length - b.length);
  const [least] = candidates;
  if (!least) return `nothing is approved for ${now.hospital}`;
  return `it is not what was approved for ${now.hospital}: ${least.join('; ')}`;
}

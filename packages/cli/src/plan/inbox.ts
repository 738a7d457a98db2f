import {
  openApproval,
  openRevocation,
  proposalDigest,
  readApproval,
  readRevocation,
  subjectDigests,
  type ApprovalStore,
  type Proposal,
} from '@fedward/compliance';
import { isFedwardError, planHash } from '@fedward/core';
import { readNote, type Verifier } from '@fedward/kit-keys';

/** What lies in a folder of approvals, of one proposal. */
export interface InboxItem {
  readonly file: string;
  readonly name: string;
  readonly time: string;
  readonly digest: string;
  readonly plan: string;
  readonly hospitals: readonly string[];
  readonly approvals: readonly {
    readonly digest: string;
    readonly by: readonly string[];
    readonly hospitals: readonly string[];
    readonly meaning: string;
    readonly time: string;
    readonly expires?: string | undefined;
  }[];
  readonly revocations: readonly { readonly by: readonly string[]; readonly reason: string; readonly time: string }[];
}

/**
 * Proposals, newest first, each with what was said of it.
 * @param known keys of those whose signatures count; without them none is checked, and any name may stand there
 */
export async function inboxOf(store: ApprovalStore, known?: readonly Verifier[]): Promise<readonly InboxItem[]> {
  const approvals = (await store.approvals()).flatMap(({ note }) => read(note, known, openApproval, readApproval));
  const revocations = (await store.revocations()).flatMap(({ note }) =>
    read(note, known, openRevocation, readRevocation),
  );
  const items = (await store.proposals()).map(({ file, proposal }): InboxItem => {
    const digest = proposalDigest(proposal);
    const plan = planHash(proposal.plan);
    const subjects = subjectDigests(proposal);
    const of = approvals.filter(({ said }) => said.proposal === digest);
    const all = new Set([digest, plan, ...subjects.map((each) => each.digest), ...of.map((each) => each.digest)]);
    return {
      ...{ file, name: proposal.name, time: proposal.time, digest, plan },
      hospitals: subjects.map(({ hospital }) => hospital),
      approvals: of.map(({ said: { subjects, meaning, time, expires }, digest, by }) => ({
        ...{ digest, by, hospitals: subjects.map(({ hospital }) => hospital), meaning, time, expires },
      })),
      revocations: revocations
        .filter(({ said }) => all.has(said.of))
        .map(({ said: { reason, time }, by }) => ({ by, reason, time })),
    };
  });
  return items.sort((a, b) => (a.time < b.time ? 1 : -1));
}

/** Of the other proposals, the one that was approved last, and not revoked. */
export async function lastApproved(
  store: ApprovalStore,
  but: Proposal,
  known?: readonly Verifier[],
): Promise<{ readonly file: string; readonly proposal: Proposal } | undefined> {
  const own = proposalDigest(but);
  const last = (item: InboxItem): string => item.approvals.map(({ time }) => time).sort().at(-1)!; // prettier-ignore
  const [newest] = (await inboxOf(store, known))
    .filter(({ digest, approvals, revocations }) => digest !== own && approvals.length > 0 && revocations.length === 0)
    .sort((a, b) => (last(a) < last(b) ? 1 : -1));
  return (await store.proposals()).find(({ file }) => file === newest?.file);
}

interface Read<T> {
  readonly said: T;
  readonly digest: string;
  readonly by: readonly string[];
}

/** Nothing of a note that can't be read, or is of nobody who counts. */
function read<T>(
  note: string,
  known: readonly Verifier[] | undefined,
  open: (note: string, known: readonly Verifier[]) => { readonly said: T; readonly digest: string; readonly by: readonly Verifier[] }, // prettier-ignore
  look: (note: string) => { readonly said: T; readonly digest: string },
): Read<T>[] {
  try {
    if (!known) return [{ ...look(note), by: readNote(note).signatures.map(({ name }) => name) }];
    const { said, digest, by } = open(note, known);
    return [{ said, digest, by: by.map(({ name }) => name) }];
  } catch (error) {
    if (isFedwardError(error)) return [];
    throw error;
  }
}

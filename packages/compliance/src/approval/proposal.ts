import { digestJson, FedwardError, parseAnyPlan, parseWith, planHash, type Plan } from '@fedward/core';
import * as z from 'zod';
import { runSubjectSchema, subjectDigest, type RunSubject } from './subject.js';

const proposalFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('proposal'),
  /** How it is called. */
  name: z.string().min(1).max(1000),
  time: z.iso.datetime(),
  /** 32 random bytes: digests of data sheets are of them too, so that they can't be found by trying. */
  nonce: z.string().regex(/^[0-9a-f]{64}$/),
  plan: z.unknown(),
  subjects: z.array(runSubjectSchema).min(1).max(10_000),
});

/** A plan that waits for approval, with what it would run on at each hospital. */
export interface Proposal {
  readonly schemaVersion: 1;
  readonly kind: 'proposal';
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly nonce: string;
  readonly plan: Plan;
  readonly subjects: readonly RunSubject[];
}

/** @param made without its version and kind */
export function proposalOf(made: Pick<Proposal, 'name' | 'time' | 'nonce' | 'plan' | 'subjects'>): Proposal {
  return parseProposal({ schemaVersion: 1, kind: 'proposal', ...made }, 'the proposal');
}

/**
 * @throws {FedwardError} CONFIG_INVALID for what is none; DIGEST_MISMATCH where a subject is of another plan, or a hospital
 *   comes twice
 */
export function parseProposal(value: unknown, what: string): Proposal {
  const file = parseWith(proposalFileSchema, value, what);
  const plan = parseAnyPlan(file.plan, what);
  const hash = planHash(plan);
  const hospitals = file.subjects.map(({ hospital }) => hospital);
  const other = file.subjects.find((subject) => subject.plan !== hash);
  if (other) throw new FedwardError('DIGEST_MISMATCH', `${what}: what ${other.hospital} would run is another plan than the one in it`, what); // prettier-ignore
  const twice = hospitals.find((id, i) => hospitals.indexOf(id) < i);
  if (twice !== undefined) throw new FedwardError('DIGEST_MISMATCH', `${what}: ${twice} is in it twice`, what);
  return { ...file, plan };
}

/** `sha256:` and the digest of all of it. */
export function proposalDigest(proposal: Proposal): string {
  return digestJson(proposal);
}

/** By hospital, the digest of what would run there. */
export function subjectDigests({ subjects }: Proposal): { readonly hospital: string; readonly digest: string }[] {
  return subjects.map((subject) => ({ hospital: subject.hospital, digest: subjectDigest(subject) }));
}

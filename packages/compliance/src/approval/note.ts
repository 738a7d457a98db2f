import { canonicalJson, FedwardError, parseWith, planHash, sha256 } from '@fedward/core';
import { openNote, readNote, signNote, type Signer, type Verifier } from '@fedward/kit-keys';
import * as z from 'zod';
import { proposalDigest, subjectDigests, type Proposal } from './proposal.js';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is `sha256:` and 64 hexadecimal digits');
const words = z.string().min(1).max(2000).refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'is one line of text'); // prettier-ignore

/** What a person has signed. The meaning of a signature is part of it (21 CFR 11.50(a)(3)). */
export const approvalSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('approval'),
  /** What the signature means, in the words of whoever signs. */
  meaning: words,
  name: words,
  /** Digests: of the proposal, of its plan, of what runs at each hospital. */
  proposal: digest,
  plan: digest,
  subjects: z
    .array(z.strictObject({ hospital: words, digest }))
    .min(1)
    .max(10_000),
  time: z.iso.datetime(),
  expires: z.iso.datetime().optional(),
});
/** An approval, as its line of JSON says it. */
export type Approval = z.output<typeof approvalSchema>;

export const revocationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('revocation'),
  /** Of an approval, a proposal, a plan, or of what would run at a hospital. */
  of: digest,
  reason: words,
  time: z.iso.datetime(),
});
/** A revocation, as its line of JSON says it. */
export type Revocation = z.output<typeof revocationSchema>;

/** Of `approve`. */
export interface ApproveOptions {
  readonly signer: Signer;
  readonly meaning: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Without one it holds until it is revoked. */
  readonly expires?: string | undefined;
  /** Default: all of the proposal's. */
  readonly hospitals?: readonly string[] | undefined;
}

/**
 * A proposal, approved: a signed note, a few lines for people and one of canonical JSON, which is what counts.
 * @throws {FedwardError} CONFIG_INVALID for a hospital that the proposal has not, a meaning of several lines, or an end before now
 */
export function approve(proposal: Proposal, { signer, meaning, time, expires, hospitals }: ApproveOptions): string {
  const all = subjectDigests(proposal);
  const unknown = hospitals?.find((id) => !all.some(({ hospital }) => hospital === id));
  if (unknown !== undefined) throw invalid('hospital', `${proposal.name} is not for ${unknown}; it is for ${all.map(({ hospital }) => hospital).join(', ')}`); // prettier-ignore
  if (expires !== undefined && !(Date.parse(expires) > Date.parse(time)))
    throw invalid('expires', `the approval would end at ${expires}, before it begins`);
  const approval = parseWith(
    approvalSchema,
    {
      ...{ schemaVersion: 1, kind: 'approval', meaning, name: proposal.name, time },
      ...{ proposal: proposalDigest(proposal), plan: planHash(proposal.plan) },
      subjects: all.filter(({ hospital }) => hospitals?.includes(hospital) ?? true),
      ...(expires !== undefined && { expires }),
    },
    'the approval',
  );
  return signNote(textOf(approval), signer);
}

/** @param of the digest of an approval, a proposal, a plan, or of what would run at a hospital */
export function revoke(
  of: string,
  { signer, reason, time }: { readonly signer: Signer; readonly reason: string; readonly time: string },
): string {
  // prettier-ignore
  const said = { schemaVersion: 1, kind: 'revocation', of, reason, time };
  return signNote(textOf(parseWith(revocationSchema, said, 'the revocation')), signer);
}

/** A note that was opened: what it says, and whose signatures hold. */
export interface Opened<T> {
  readonly said: T;
  readonly by: readonly Verifier[];
  /** Of its text, without signatures. */
  readonly digest: string;
}

/** @throws {FedwardError} as `openNote`; MESSAGE_INVALID for a note that says something else, or in other words than JSON */
export function openApproval(note: string, known: readonly Verifier[]): Opened<Approval> {
  return opened(note, known, approvalSchema);
}

/** As `openApproval`. */
export function openRevocation(note: string, known: readonly Verifier[]): Opened<Revocation> {
  return opened(note, known, revocationSchema);
}

/** What a note says, its signatures not looked at. @throws {FedwardError} MESSAGE_INVALID */
export function readApproval(note: string): {
  readonly said: Approval;
  readonly names: readonly string[];
  readonly digest: string;
} {
  // prettier-ignore
  const { text, signatures } = readNote(note);
  return { said: said(text, approvalSchema), names: signatures.map(({ name }) => name), digest: digestOf(text) };
}

/** As `readApproval`. */
export function readRevocation(note: string): { readonly said: Revocation; readonly digest: string } {
  const { text } = readNote(note);
  return { said: said(text, revocationSchema), digest: digestOf(text) };
}

function opened<T extends Approval | Revocation>(
  note: string,
  known: readonly Verifier[],
  schema: z.ZodType<T>,
): Opened<T> {
  // prettier-ignore
  const { text, verified } = openNote(note, known);
  return { said: said(text, schema), by: verified, digest: digestOf(text) };
}

function said<T extends Approval | Revocation>(text: string, schema: z.ZodType<T>): T {
  const last = text.trimEnd().split('\n').at(-1)!;
  const refuse = (why: string): never => {
    throw new FedwardError('MESSAGE_INVALID', `the note ${why}`, 'note');
  };
  const parsed = schema.safeParse(jsonOf(last));
  if (!parsed.success) return refuse(`says nothing of this kind: ${parsed.error.issues[0]!.path.join('.') || 'it is no such JSON'}`); // prettier-ignore
  // Whoever signed has read the lines above: they say the same, or nobody knows what was signed.
  return textOf(parsed.data) === text ? parsed.data : refuse('has other words than what it says to programs');
}

function textOf(of: Approval | Revocation): string {
  const lines =
    of.kind === 'approval'
      ? [
          'fedward approval',
          `I have reviewed the plan ${of.name} and approve it to run on the data of ${of.subjects.map(({ hospital }) => hospital).join(', ')}.`,
          `Meaning of this signature: ${of.meaning}`,
          `Plan ${of.plan}`,
          `Signed at ${of.time}, ${of.expires === undefined ? 'until it is revoked' : `ends at ${of.expires}`}`,
        ]
      : [
          'fedward revocation',
          `I take back what was approved of ${of.of}.`,
          `Reason: ${of.reason}`,
          `Signed at ${of.time}`,
        ];
  return [...lines, canonicalJson(of), ''].join('\n');
}

function digestOf(text: string): string {
  return `sha256:${sha256(text)}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(key: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', why, key);
}

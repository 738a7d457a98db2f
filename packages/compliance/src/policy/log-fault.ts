import type { AuditHead, EntryProof, Leaving } from '@fedward/core';
import * as z from 'zod';

// What a site shows of its log leaves it too. Hashes and signatures are of a fixed form; an entry is of the answer that it
// goes with, and has the members that such an entry has.

const hash = /^[0-9a-f]{64}$/;
/** Lines of a signed note or of a proof: an origin, a number, base64, or a signature (C2SP tlog-checkpoint, tlog-proof). */
const line = /^(\u2014 )?[\x21-\x7e\u00a0-\uffff]{0,300}( [\x21-\x7e]{1,300}){0,2}$/u;
const digest = z.string().regex(/^(sha256:)?[0-9a-f]{64}$/);
const details = z.strictObject({
  samples: z.union([z.int().min(0), z.literal('withheld')]),
  /** Core's own price of the round. */
  spent: z.json(),
  simulationOnly: z.boolean(),
  serverHead: z.strictObject({ index: z.int().min(0), root: z.string().max(200) }).optional(),
  planHash: digest.optional(),
  update: digest.optional(),
  dataSheet: digest.optional(),
});
const entrySchema = z.strictObject({
  type: z.enum(['training', 'query']),
  time: z.iso.datetime(),
  runId: z.string(),
  round: z.int().min(0),
  clientId: z.string(),
  details,
});

/** What is wrong with a head that was to leave; undefined where nothing is. */
export function headFault({ root, checkpoint, grown = [] }: AuditHead): string | undefined {
  if (!hash.test(root) || grown.some(({ proof }) => proof.some((each) => !hash.test(each)))) return 'has a hash that is none'; // prettier-ignore
  return checkpoint !== undefined && !isNote(checkpoint) ? 'has a checkpoint that is none' : undefined;
}

/** What is wrong with an entry that was to leave with an answer; undefined where nothing is. */
export function entryFault(
  { entry, proof }: EntryProof,
  { message, task }: Extract<Leaving, { kind: 'update' }>,
): string | undefined {
  if (!isNote(proof)) return 'has a proof that is none';
  const parsed = entrySchema.safeParse(jsonOf(entry));
  if (!parsed.success) return `has an entry with other members than one of an answer: ${parsed.error.issues[0]!.path.join('.')}`; // prettier-ignore
  const { runId, round, clientId } = parsed.data;
  const ofThis = runId === task.runId && round === task.round && clientId === message.clientId;
  return ofThis ? undefined : 'has an entry of another answer';
}

function isNote(text: string): boolean {
  return text.length <= 10_000 && text.split('\n').every((each) => line.test(each));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

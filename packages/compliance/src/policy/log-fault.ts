import type { AuditHead, EntryProof, Leaving } from '@fedward/core';
import * as z from 'zod';

// What a site shows of its log leaves it too. Hashes and signatures are of a fixed form; an entry is of the answer that it
// goes with, and has the members that such an entry has.

const hash = /^[0-9a-f]{64}$/;
const hashLine = '[A-Za-z0-9+/]{43}=\\n';
/** Origin, size, root, and signatures; without extensions, which may say anything (C2SP tlog-checkpoint). */
const checkpointForm = `\\S{1,200}\\n\\d{1,16}\\n${hashLine}\\n(?:\u2014 \\S{1,200} [A-Za-z0-9+/]{8,400}={0,2}\\n){1,100}`;
const isCheckpoint = new RegExp(`^${checkpointForm}$`);
/** Without the part `extra` (C2SP tlog-proof). */
const isProof = new RegExp(`^c2sp\\.org/tlog-proof@v1\\nindex \\d{1,16}\\n(?:${hashLine}){0,64}\\n${checkpointForm}$`);
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
  /** What the site's trainer runs on, as core has it. */
  runsOn: z
    .string()
    .regex(/^[ -~]{1,200}$/)
    .optional(),
});
const eventSchema = z.strictObject({
  type: z.enum(['training', 'query']),
  time: z.iso.datetime(),
  runId: z.string(),
  round: z.int().min(0),
  clientId: z.string(),
  details,
});
const entrySchema = z.strictObject({ event: eventSchema, index: z.int().min(0) });

/** What is wrong with a head that was to leave; undefined where nothing is. */
export function headFault({ root, checkpoint, grown = [] }: AuditHead): string | undefined {
  if (!hash.test(root) || grown.some(({ proof }) => proof.some((each) => !hash.test(each)))) return 'has a hash that is none'; // prettier-ignore
  return checkpoint !== undefined && !isCheckpoint.test(checkpoint) ? 'has a checkpoint that is none' : undefined;
}

/** What is wrong with a cosignature that was to leave: it is one line (C2SP tlog-cosignature). */
export function cosignatureFault(line: string): string | undefined {
  return /^\u2014 \S{1,200} [A-Za-z0-9+/]{8,400}={0,2}\n?$/.test(line) ? undefined : 'has a cosignature that is none';
}

/** What is wrong with an entry that was to leave with an answer; undefined where nothing is. */
export function entryFault(
  { entry, proof }: EntryProof,
  { message, task }: Extract<Leaving, { kind: 'update' }>,
): string | undefined {
  if (!isProof.test(proof)) return 'has a proof that is none';
  const parsed = entrySchema.safeParse(jsonOf(entry));
  if (!parsed.success) return `has an entry with other members than one of an answer: ${parsed.error.issues[0]!.path.join('.')}`; // prettier-ignore
  const { runId, round, clientId } = parsed.data.event;
  const ofThis = runId === task.runId && round === task.round && clientId === message.clientId;
  return ofThis ? undefined : 'has an entry of another answer';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { canonicalJson, sha256 } from '@fedward/core';
import * as z from 'zod';

/** The version of what parties sign. Another one has subjects of its own, too. */
export const envelopeVersion = 1;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

/** Members of newer versions are left out. */
export const bodySchema = z.object({
  v: z.literal(envelopeVersion),
  kind: z.string().min(1).max(64),
  from: z.string().min(1).max(200),
  to: z.string().min(1).max(200),
  federation: z.string().min(1).max(200),
  run: z.string().max(1000).optional(),
  round: count.optional(),
  planHash: z.string().max(200).optional(),
  task: digest.optional(),
  ask: digest.optional(),
  lane: count.max(10_000).optional(),
  order: count.optional(),
  payload: z.object({ sha256: digest, size: count }).nullable(),
  inline: z.boolean(),
  key: z.string().max(64).optional(),
  version: z.string().max(64).optional(),
  said: z.string(),
});

/** All that decides is in what is signed: where a message lies, or who carried it, says nothing. */
export interface Body {
  /** A method of `Client`, `cancel`, `notice`, `reply`, `result`, `presence` or `request`. */
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly federation: string;
  readonly run?: string | undefined;
  /** From 0 on; absent for what belongs to no round. */
  readonly round?: number | undefined;
  readonly planHash?: string | undefined;
  /** See `taskIdOf`. */
  readonly task?: string | undefined;
  /** See `askIdOf`. */
  readonly ask?: string | undefined;
  /** Of questions to one hospital that are under way at once each has its own; a newer one in it replaces the older. */
  readonly lane?: number | undefined;
  /** Greater for what is asked later in the same lane, so that what was asked before can't be put in its place. */
  readonly order?: number | undefined;
  /** Digest and size in bytes of the arrays that go with it. */
  readonly payload: { readonly sha256: string; readonly size: number } | null;
  /** Whether they follow the body in the same message. */
  readonly inline: boolean;
  /** By which the arrays are to be opened, where they are for one hospital alone and lie where others can read them. */
  readonly key?: string | undefined;
  /** Of the sender's fedward, in what a coordinator asks. Absent: an older one's. */
  readonly version?: string | undefined;
  /** JSON, by kind. */
  readonly said: string;
}

/** What of a question its identity is made of. */
export type Identified = Pick<Body, 'kind' | 'to' | 'federation' | 'run' | 'round' | 'planHash' | 'payload' | 'said'>;

/**
 * What is asked for, as a digest: equal for a round that is repeated, so that its answers are found. Where logs stand when it
 * is asked is left out.
 * @returns 64 hexadecimal digits
 */
export function taskIdOf(question: Identified): string {
  const { kind, to, federation, run, round, planHash, payload } = question;
  const said = withoutHeads(JSON.parse(question.said));
  return sha256(canonicalJson({ kind, to, federation, run, round, planHash, payload: payload?.sha256 ?? null, said }));
}

/**
 * One asking of a task: of all that was said, with where logs stand. An answer is good for the asking that it answers, since
 * it has a cosignature of the very head that was shown there.
 * @param nonce for what is to be asked anew each time, such as what a site says of itself
 * @returns 64 hexadecimal digits
 */
export function askIdOf({ kind, to, federation, run, round, planHash, payload, said }: Identified, nonce = ''): string {
  return sha256(
    canonicalJson({ kind, to, federation, run, round, planHash, payload: payload?.sha256 ?? null, said, nonce }),
  );
}

/** What a task says of logs, by the names that `Task` of core has for it. */
const ofLogs = new Set(['head', 'noted', 'cosignature']);

/** The text is core's: `{ message: { kind, task: { ... } } }`. */
function withoutHeads(said: unknown): unknown {
  const { message } = Object(said) as { message?: { task?: unknown } };
  const task = Object(message?.task) as Readonly<Record<string, unknown>>;
  if (message?.task === undefined) return said;
  const rest = Object.fromEntries(Object.entries(task).filter(([name]) => !ofLogs.has(name)));
  return { ...(said as object), message: { ...message, task: rest } };
}

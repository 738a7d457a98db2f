import { FedwardError, type State } from '@fedward/core';
import * as z from 'zod';

/** More sites than Shamir's scheme over bytes has shares for. */
export const mostSites = 255;
/** A share of 32 bytes, and what it is at. */
const shareBytes = 33;
/** Two shares, with nonce and tag. */
export const sealedBytes = 2 * shareBytes + 12 + 16;

const bytes = (length: number) =>
  z.custom<Uint8Array>((given) => given instanceof Uint8Array && given.length === length, `must be ${length} bytes`);
const id = z.string().min(1).max(1000);
const ids = z.array(id).max(mostSites);
const list = <T extends z.ZodType>(member: T) => z.array(member).max(mostSites);

/** Public keys of a site for one round, what binds its self-mask, and its signature under all of them. */
const advertised = z.strictObject({
  channel: bytes(32),
  mask: bytes(32),
  commitment: bytes(32),
  signature: bytes(64),
});
const share = z.strictObject({ of: id, share: bytes(shareBytes) });

/** What the server's half asks, by stage. */
export const questionSchema = z.discriminatedUnion('stage', [
  z.strictObject({ stage: z.literal('keys') }),
  z.strictObject({
    stage: z.literal('shares'),
    threshold: z.int().min(1).max(mostSites),
    members: list(advertised.extend({ id })),
  }),
  z.strictObject({
    stage: z.literal('deliver'),
    sealed: list(z.strictObject({ from: id, bytes: bytes(sealedBytes) })),
  }),
  z.strictObject({ stage: z.literal('consistency'), survivors: ids }),
  z.strictObject({
    stage: z.literal('unmask'),
    survivors: ids,
    signatures: list(z.strictObject({ id, signature: bytes(64) })),
  }),
]);

/** What a site answers, by stage. */
export const answerSchemas = {
  keys: advertised,
  shares: z.strictObject({ sealed: list(z.strictObject({ to: id, bytes: bytes(sealedBytes) })) }),
  deliver: z.strictObject({ from: z.int().min(0).max(mostSites) }),
  consistency: z.strictObject({ sent: z.string().max(100), signature: bytes(64) }),
  unmask: z.strictObject({ seeds: list(share), masks: list(share) }),
};

export type Question = z.output<typeof questionSchema>;
export type QuestionOf<S extends Question['stage']> = Extract<Question, { readonly stage: S }>;
export type Stage = keyof typeof answerSchemas;
export type AnswerOf<S extends Stage> = z.output<(typeof answerSchemas)[S]>;
export type Advertised = z.output<typeof advertised>;
export type Share = z.output<typeof share>;

/** @throws {FedwardError} MESSAGE_INVALID naming the site and the member at fault */
export function questionOf(clientId: string, body: State): Question {
  return parsed(questionSchema, clientId, body, 'was asked what is no question of secure aggregation');
}

/** @throws {FedwardError} MESSAGE_INVALID naming the site and the member at fault */
export function answerOf<S extends Stage>(stage: S, clientId: string, body: State): AnswerOf<S> {
  return parsed(answerSchemas[stage], clientId, body, `gave no answer to the stage ${stage}`) as AnswerOf<S>;
}

function parsed<T extends z.ZodType>(schema: T, clientId: string, body: State, what: string): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new FedwardError('MESSAGE_INVALID', `${clientId} ${what}: ${path.join('.') || 'it'}: ${message}`, clientId);
}

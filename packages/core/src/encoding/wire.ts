import * as z from 'zod';
import { FedwardError, isFedwardError, wordsOf, type ErrorFamily } from '../base/errors.js';
import type { State } from '../base/state.js';
import type { Client } from '../interfaces/client.js';
import { protocolVersion, type SiteDescription } from '../interfaces/description.js';
import type { EvaluateResult, EvaluateTask, MechanismCall, Task, Update } from '../interfaces/messages.js';
import { parseAnyPlan } from '../plan/plan.js';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.js';
import { joinState, splitState, type StateParts } from './state.js';

// What a server and its sites say to each other, as bytes: each message is one safetensors file, its arrays as tensors and
// the rest as JSON, with the version of the protocol. What is in it is checked by whom it is for.

/** What a server may ask of a site: a method of `Client`. */
export type Question =
  | { readonly kind: 'describe' }
  | { readonly kind: 'propose'; readonly plan: State }
  | { readonly kind: 'answer'; readonly task: Task }
  | { readonly kind: 'evaluate'; readonly task: EvaluateTask }
  | { readonly kind: 'call'; readonly call: MechanismCall };

/** What comes back: an answer, or an error as data. */
export type Reply = { readonly answer: State } | { readonly error: WireError };

/** An error as data: codes and families of newer versions are kept. */
export interface WireError {
  /** Absent: it was no `FedwardError`. */
  readonly code?: string;
  readonly family?: ErrorFamily;
  readonly message: string;
  readonly subject?: string;
}

const kinds = ['describe', 'propose', 'answer', 'evaluate', 'call'] as const;
const envelopeSchema = z.object({ protocol: z.number(), message: z.record(z.string(), z.unknown()) });
const questionSchema = z.looseObject({ kind: z.enum(kinds) });
const errorSchema = z.object({
  code: z.string().max(64).optional(),
  family: z.enum(['configuration', 'run']).optional(),
  message: z.string(),
  subject: z.string().optional(),
});
const replySchema = z.union([z.object({ error: errorSchema }), z.looseObject({ answer: z.unknown() })]);

/** @throws {FedwardError} ARGUMENT_INVALID for what can't be carried */
export function encodeQuestion(question: Question): Uint8Array {
  return encode(question);
}

/** @throws {FedwardError} MESSAGE_INVALID for bytes that are no question, or of another protocol */
export function decodeQuestion(bytes: Uint8Array): Question {
  return checked(questionSchema, decode(bytes)) as unknown as Question;
}

/** @throws {FedwardError} ARGUMENT_INVALID for what can't be carried */
export function encodeReply(reply: Reply): Uint8Array {
  return encode(reply);
}

/** @throws {FedwardError} MESSAGE_INVALID for bytes that are no reply, or of another protocol */
export function decodeReply(bytes: Uint8Array): Reply {
  return checked(replySchema, decode(bytes)) as Reply;
}

/** A message in two parts, for whoever carries what is said apart from its numbers. */
export interface MessageParts {
  /** All but the arrays, as canonical JSON, with the version of the protocol. */
  readonly said: string;
  /**
   * The arrays, as one safetensors file: equal for equal arrays, whoever is asked. Absent where there are none. Whoever has
   * them read hands them over: of large ones the values are not copied.
   */
  readonly arrays?: Uint8Array;
}

/** Gives the bytes of arrays: those that it has of the very same arrays, or those that `encode` makes. */
export type ArraysEncoder = (arrays: readonly unknown[], encode: () => Uint8Array) => Uint8Array;

/**
 * @param encoder for whoever asks many the same. Default: they are encoded each time
 * @throws {FedwardError} ARGUMENT_INVALID for what can't be carried
 */
export function questionParts(question: Question, encoder?: ArraysEncoder): MessageParts {
  return partsOf(question, encoder);
}

/** @throws {FedwardError} MESSAGE_INVALID for parts that are no question, or of another protocol */
export function questionOfParts(parts: MessageParts): Question {
  return checked(questionSchema, messageOf(parts)) as unknown as Question;
}

/** @throws {FedwardError} ARGUMENT_INVALID for what can't be carried */
export function replyParts(reply: Reply): MessageParts {
  return partsOf(reply);
}

/** @throws {FedwardError} MESSAGE_INVALID for parts that are no reply, or of another protocol */
export function replyOfParts(parts: MessageParts): Reply {
  return checked(replySchema, messageOf(parts)) as Reply;
}

/** Whatever was thrown, as data. */
export function errorAsData(error: unknown): WireError {
  const message = wordsOf(error);
  if (!isFedwardError(error)) return { message };
  const { code } = error;
  try {
    // It may be of another copy of core, or of none: what is no family or subject is left out.
    const { family, subject } = errorSchema.partial().parse({ family: error.family, subject: error.subject });
    return {
      code,
      message,
      ...(family && { family }),
      ...(subject !== undefined && { subject: subject.toWellFormed() }),
    };
  } catch {
    return { code, message };
  }
}

/** The error that was data: a `FedwardError` with the code and the family that it had, known here or not. */
export function errorFromData({ code, family, message, subject }: WireError): Error {
  return code === undefined
    ? new Error(message)
    : new FedwardError(code, message, subject, { ...(family && { family }) });
}

/**
 * A site's door: gives bytes for bytes, whatever carries them. It never rejects: what goes wrong is in the reply.
 * @param signal fires once nobody waits for the reply any more
 */
export function serveClient(client: Client): (bytes: Uint8Array, signal: AbortSignal) => Promise<Uint8Array> {
  return async (bytes, signal) => {
    try {
      return encodeReply({ answer: (await ask(client, decodeQuestion(bytes), signal)) ?? null });
    } catch (error) {
      return encodeReply({ error: errorAsData(error) });
    }
  };
}

/**
 * A client behind whatever carries bytes.
 * @param exchange sends a question and gives the reply; it rejects once the signal fires, and should tell the other side. How
 *   many bytes it takes in is for it to bound: what is checked here has arrived
 */
export function remoteClient(
  id: string,
  exchange: (bytes: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>,
): Client {
  const say = async <Answer>(question: Question, signal: AbortSignal): Promise<Answer> => {
    const reply = decodeReply(await exchange(encodeQuestion(question), signal));
    if ('error' in reply) throw errorFromData(reply.error);
    return reply.answer as Answer;
  };
  return {
    id,
    describe: (signal) => say<SiteDescription>({ kind: 'describe' }, signal),
    propose: async (plan, signal) => void (await say({ kind: 'propose', plan: plan as unknown as State }, signal)),
    answer: (task, signal) => say<Update>({ kind: 'answer', task }, signal),
    evaluate: (task, signal) => say<EvaluateResult>({ kind: 'evaluate', task }, signal),
    call: (call, signal) => say<State>({ kind: 'call', call }, signal),
  };
}

async function ask(client: Client, question: Question, signal: AbortSignal): Promise<State> {
  switch (question.kind) {
    case 'describe':
      return (await client.describe(signal)) as unknown as State;
    case 'propose':
      await client.propose(parseAnyPlan(question.plan, 'the plan that was proposed'), signal);
      return null;
    case 'answer':
      return (await client.answer(question.task, signal)) as unknown as State;
    case 'evaluate':
      return (await client.evaluate(question.task, signal)) as unknown as State;
    case 'call':
      return client.call(question.call, signal);
  }
}

function encode(message: unknown): Uint8Array {
  const { json, arrays } = splitMessage(message);
  return encodeSafetensors(tensorsOf(arrays), { message: json });
}

function partsOf(message: unknown, encoder: ArraysEncoder = (_, encode) => encode()): MessageParts {
  const { json, arrays } = splitMessage(message);
  const encode = (): Uint8Array => encodeSafetensors(tensorsOf(arrays));
  return { said: json, ...(arrays.length > 0 && { arrays: encoder(arrays, encode) }) };
}

function splitMessage(message: unknown): StateParts {
  return splitState({ protocol: protocolVersion, message: message as State });
}

function tensorsOf(arrays: StateParts['arrays']): NamedTensor[] {
  return arrays.map((values, index) => ({ name: String(index), shape: [values.length], values }));
}

function decode(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  // Whatever carries messages may give anything.
  if (!((bytes as unknown) instanceof Uint8Array)) throw invalid('it is not bytes');
  return joined(() => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return { json: metadata['message'] ?? '', arrays: tensors.map(({ values }) => values) };
  });
}

/** Smaller ones may lie in what else was received with them, which would be kept for as long as they are, bytes. */
const leastShared = 2 ** 20;

function messageOf({ said, arrays }: MessageParts): Readonly<Record<string, unknown>> {
  return joined(() => {
    const tensors = arrays ? decodeSafetensors(arrays, { share: arrays.length >= leastShared }).tensors : [];
    return { json: said, arrays: tensors.map(({ values }) => values) };
  });
}

function joined(parts: () => StateParts): Readonly<Record<string, unknown>> {
  let state: unknown;
  try {
    state = joinState(parts());
  } catch (cause) {
    throw invalid(wordsOf(cause), cause);
  }
  const { protocol, message } = checked(envelopeSchema, state);
  if (protocol !== protocolVersion)
    throw invalid(`it speaks protocol ${protocol}, this side ${protocolVersion}: install matching versions`);
  return message;
}

function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw invalid(`${path.join('.')}: ${message}`);
}

function invalid(why: string, cause?: unknown): FedwardError {
  return new FedwardError('MESSAGE_INVALID', `not a message between a server and a site: ${why}`, undefined, { cause });
}

import type { State } from '@fedward/core';
import type { Question, Reply } from '@fedward/core/wire';
import { examplePlan, exampleResult } from '../support/fixtures.js';
import { awkwardPayloads, evaluationOf, plainTask, someCall, someDescription } from '../transport/clients.js';

/** Messages as bytes, and back. */
export interface WireCodec {
  encodeQuestion(question: Question): Uint8Array;
  decodeQuestion(bytes: Uint8Array): Question;
  encodeReply(reply: Reply): Uint8Array;
  decodeReply(bytes: Uint8Array): Reply;
}

/** A question of each kind, and of each kind of numbers. */
export function someQuestions(): Question[] {
  const task = plainTask({ instructions: { mu: 0.1, $tensor: 0, nested: [null, 'ü'] }, cohort: ['東京', 'b'] });
  return [
    { kind: 'describe' },
    { kind: 'propose', plan: examplePlan() as unknown as State },
    ...awkwardPayloads().flatMap((payload): Question[] => [
      { kind: 'answer', task: { ...task, payload } },
      { kind: 'evaluate', task: evaluationOf({ ...task, payload }) },
    ]),
    { kind: 'call', call: someCall({ body: { words: Uint32Array.of(2 ** 32 - 1), list: [Uint8Array.of(1, 2), -0] } }) },
  ];
}

/** An answer to each, and errors. */
export function someReplies(): Reply[] {
  return [
    { answer: null },
    { answer: someDescription('Köln/Süd 1') as unknown as State },
    ...awkwardPayloads().map((payload): Reply => ({ answer: exampleResult('a', payload) as unknown as State })),
    { answer: [Number.NaN, Number.NEGATIVE_INFINITY, -0, 5e-324, 'größer', new Uint8Array(0)] },
    { error: { message: 'weights of undefined' } },
    { error: { code: 'SITE_ON_FIRE', family: 'configuration', message: 'Größe µ', subject: '東京 🏥' } },
  ];
}

/** Each message with what encodes and decodes it. */
export function messagesOf(codec: WireCodec): (readonly [what: string, message: Question | Reply, Coding])[] {
  const question: Coding = {
    encode: (message) => codec.encodeQuestion(message as Question),
    decode: (bytes) => codec.decodeQuestion(bytes),
  };
  const reply: Coding = {
    encode: (message) => codec.encodeReply(message as Reply),
    decode: (bytes) => codec.decodeReply(bytes),
  };
  return [
    ...someQuestions().map((message) => [`the question ${message.kind}`, message, question] as const),
    ...someReplies().map((message) => ['error' in message ? 'an error' : 'an answer', message, reply] as const),
  ];
}

/** The two ways of one kind of message. */
export interface Coding {
  readonly encode: (message: Question | Reply) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Question | Reply;
}

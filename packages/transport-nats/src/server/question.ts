import { canonicalJson, planHash, type EvaluateTask, type MechanismCall, type Task } from '@fedward/core';
import { questionParts, type Question } from '@fedward/core/wire';
import { askIdOf, taskIdOf, type Body } from '../envelope/body.js';
import { mostInlineBytes } from '../envelope/envelope.js';
import { hide } from '../envelope/hidden.js';
import { SameArrays } from './same-arrays.js';

/** What is asked of one hospital, before it is signed. */
export interface Prepared {
  readonly body: Omit<Body, 'lane' | 'order'> & { readonly run: string; readonly task: string; readonly ask: string };
  readonly arrays?: Uint8Array;
}

/** Of whom, and what belongs to no run of its own. */
export interface Asking {
  readonly federation: string;
  readonly from: string;
  readonly to: string;
  readonly runId: string;
  readonly planHash: string;
}

const cohorts = new SameArrays();

/** What is in a call is for one hospital alone: its arrays go with it where a message has room. */
const mostInlineOfCalls = 768 * 2 ** 10;

/**
 * A question as it is sent. What a site says of itself, and what it thinks of a plan, may change: that is asked anew each time
 * that it is asked. All else has one answer.
 * @param nonce makes this asking one of its own
 */
export function prepare(question: Question, asking: Asking, nonce: string): Prepared {
  const { said, arrays } = questionParts(
    question,
    question.kind === 'answer' ? cohorts.encoder(question.task) : undefined,
  );
  const place = placeOf(question, asking);
  const { kind } = question;
  const most = kind === 'call' ? mostInlineOfCalls : mostInlineBytes;
  const anew = kind === 'describe' || kind === 'propose';
  return identified({ ...place, kind, said }, asking, { ...(arrays && { arrays }), most, nonce: anew ? nonce : '' });
}

/** What is told of a study, and answered with a standing. */
export function prepareNotice(run: string, notice: unknown, asking: Asking, nonce: string): Prepared {
  return identified({ kind: 'notice', run, said: canonicalJson(notice) }, asking, { most: 0, nonce });
}

function identified(
  about: Pick<Body, 'kind' | 'round' | 'planHash' | 'said'> & { readonly run: string },
  { federation, from, to }: Asking,
  { arrays, most, nonce }: { readonly arrays?: Uint8Array; readonly most: number; readonly nonce: string },
): Prepared {
  // No other hospital is to read what is in a call.
  const secret = about.kind === 'call' && arrays && arrays.length > most ? hide(arrays) : undefined;
  const sent = secret?.hidden ?? arrays;
  const payload = sent ? { sha256: cohorts.digestOf(sent), size: sent.length } : null;
  const inline = sent !== undefined && sent.length <= most;
  const question = { ...about, federation, from, to, payload, inline, ...(secret && { key: secret.key }) };
  const body = { ...question, task: taskIdOf(question), ask: askIdOf(question, nonce) };
  return { body, ...(sent && { arrays: sent }) };
}

function placeOf(
  question: Question,
  { runId, planHash: hash }: Asking,
): { run: string; round?: number; planHash: string } {
  switch (question.kind) {
    case 'describe':
      return { run: runId, planHash: hash };
    case 'propose':
      return { run: runId, planHash: planHash(question.plan as never) };
    case 'answer':
      return whereOf(question.task);
    case 'evaluate':
      return whereOf(question.task);
    case 'call':
      return whereOf(question.call);
  }
}

function whereOf({ runId, round, planHash }: Task | EvaluateTask | MechanismCall) {
  return { run: runId, round, planHash };
}

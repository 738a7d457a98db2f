import { FedwardError, parseAnyPlan, planHash, type Client, type State } from '@fedward/core';
import type { Question } from '@fedward/core/wire';
import type { QuestionAbout } from '../door.js';
import type { Body } from '../envelope/body.js';

const kinds: ReadonlySet<string> = new Set<Question['kind']>(['describe', 'propose', 'answer', 'evaluate', 'call']);

/** Whether it is a question to the client of a study. */
export function isQuestion(kind: string): kind is Question['kind'] {
  return kinds.has(kind);
}

/** What the door is told before anything is downloaded. @throws {FedwardError} MESSAGE_INVALID */
export function aboutOf({ kind, run, planHash, round, payload, from }: Body): QuestionAbout {
  if (!isQuestion(kind) || run === undefined || planHash === undefined)
    throw new FedwardError('MESSAGE_INVALID', `a ${kind} of ${from} does not say of which run and plan it is`, from);
  return { kind, runId: run, planHash, bytes: payload?.size ?? 0, ...(round !== undefined && { round }) };
}

/** @throws {FedwardError} MESSAGE_INVALID for a question that is another than it was admitted as */
export function assertAsAdmitted(question: Question, admitted: QuestionAbout): void {
  const { kind, runId, round } = admitted;
  const refuse = (what: string): never => {
    throw new FedwardError('MESSAGE_INVALID', `a ${kind} is of another ${what} than it was admitted for`, what);
  };
  if (question.kind !== kind) refuse('kind');
  if (question.kind === 'describe') return;
  if (question.kind === 'propose') {
    const plan = parseAnyPlan(question.plan, 'the plan that was proposed');
    return planHash(plan) === admitted.planHash ? undefined : refuse('plan');
  }
  // What is asked may be anything: the client checks the rest of it.
  const about = Object(question.kind === 'call' ? question.call : question.task) as Readonly<Record<string, unknown>>;
  if (about['runId'] !== runId) refuse('run');
  if (about['round'] !== round) refuse('round');
  if (about['planHash'] !== admitted.planHash) refuse('plan');
}

/** The newest round of which the coordinator's state has this hospital's update, where a question says so. */
export function takenOf(question: Question): number | undefined {
  if (question.kind !== 'answer' && question.kind !== 'evaluate') return undefined;
  const { taken } = Object(question.task) as { readonly taken?: unknown };
  return typeof taken === 'number' && Number.isSafeInteger(taken) && taken >= 0 ? taken : undefined;
}

/** Asks a client. */
export async function askClient(client: Client, question: Question, signal: AbortSignal): Promise<State> {
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

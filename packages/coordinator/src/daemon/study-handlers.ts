import { parseWith, type Json } from '@fedward/core';
import type { ControlHandler } from '@fedward/kit-daemon';
import { parseStudy } from '@fedward/transport-nats';
import * as z from 'zod';
import type { Studies } from '../studies/studies.js';

/** Names of what the daemon answers about studies. */
export const studyQuestions = {
  propose: 'study.propose',
  list: 'study.list',
  status: 'study.status',
  start: 'study.start',
  pause: 'study.pause',
  resume: 'study.resume',
  stop: 'study.stop',
  result: 'study.result',
} as const;

const named = z.object({ id: z.string() });
const status = named.extend({ from: z.int().min(0).optional() });
const start = named.extend({ quorumIsEnough: z.boolean().default(false) });
const stop = named.extend({ reason: z.string().min(1).max(1000) });
/** Weights to start from lie in the coordinator's folder by then (`putIncoming`): a question is JSON, and small. */
const propose = z.object({ study: z.unknown(), weights: z.string().optional() });

/** What the daemon answers to `fedward study`. */
export function studyHandlers(studies: Studies): Record<string, ControlHandler> {
  const question =
    <T extends z.ZodType>(schema: T, answer: (said: z.output<T>) => Promise<unknown>): ControlHandler =>
    async (body) =>
      ((await answer(parseWith(schema, body, 'the question'))) ?? null) as Json;
  return {
    [studyQuestions.propose]: question(propose, async ({ study, weights }) => {
      const parsed = parseStudy(study, 'the study');
      await studies.propose(parsed, weights);
      return studies.status(parsed.id);
    }),
    [studyQuestions.list]: () => studies.list() as Promise<unknown> as Promise<Json>,
    [studyQuestions.status]: question(status, ({ id, from }) => studies.status(id, from)),
    [studyQuestions.start]: question(start, ({ id, quorumIsEnough }) => studies.start(id, quorumIsEnough)),
    [studyQuestions.pause]: question(named, ({ id }) => studies.pause(id)),
    [studyQuestions.resume]: question(named, ({ id }) => studies.resume(id)),
    [studyQuestions.stop]: question(stop, ({ id, reason }) => studies.stop(id, reason)),
    [studyQuestions.result]: question(named, ({ id }) => studies.result(id)),
  };
}

import { FedwardError, type Json } from '@fedward/core';
import * as z from 'zod';

/** The socket in a daemon's folder, for its owner alone. */
export const socketName = 'control.sock';
/** Names the socket where the folder's own path is too long for one. */
export const socketPathName = 'control.path';

/** An error as it crosses the socket: its code is kept. */
const errorSchema = z.object({
  code: z.string(),
  family: z.enum(['configuration', 'run']),
  message: z.string(),
  subject: z.string().optional(),
});

/** What a daemon answers, and what each line of a followed answer is. Unknown members are left aside. */
const answerSchema = z.union([z.object({ error: errorSchema }), z.object({ value: z.json() })]);

/** A failure of a handler, as data. */
export function errorAnswer(error: unknown): string {
  const { code, family, message, subject } = (
    error instanceof Error ? error : new Error(String(error))
  ) as Partial<FedwardError> & Error;
  const known = { code: code ?? 'CLIENT_FAILED', family: family ?? 'run', message };
  return JSON.stringify({ error: { ...known, ...(subject !== undefined && { subject }) } });
}

/**
 * @returns what a handler gave
 * @throws {FedwardError} what it threw; MESSAGE_INVALID for what is no answer
 */
export function valueOf(text: string, subject: string): Json {
  let answer: z.output<typeof answerSchema>;
  try {
    answer = answerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', `what listens at ${subject} does not answer as a daemon does`, subject, {
      cause,
    });
  }
  if ('value' in answer) return answer.value as Json;
  const { code, family, message, subject: about } = answer.error;
  throw new FedwardError(code, message, about, { family });
}

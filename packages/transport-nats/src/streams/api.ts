import { FedwardError, parseWith } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';
import * as z from 'zod';
import { ask, type AskOptions } from '../connect/ask.js';

/** Numbers by which JetStream names what was wrong (`err_code`). */
export const apiCodes = { streamNotFound: 10_059, consumerNotFound: 10_014, storeFailed: 10_077 } as const;

const failure = z.object({
  error: z.object({ code: z.number(), err_code: z.number().default(0), description: z.string().default('') }),
});
const answer = z.record(z.string(), z.unknown());

/** What JetStream has refused. */
export interface ApiFailure {
  readonly code: number;
  readonly errCode: number;
  readonly words: string;
}

/** An answer of JetStream, or its refusal. */
export type ApiAnswer = { readonly value: Record<string, unknown> } | { readonly failure: ApiFailure };

/**
 * Asks JetStream. Not by its client: that one asks for more than a hospital may ask, once, and with times of its own.
 * @throws {FedwardError} as `ask`; MESSAGE_INVALID
 */
export async function askApi(
  connection: NatsConnection,
  request: string,
  body: object | undefined,
  options?: AskOptions,
): Promise<ApiAnswer> {
  const subject = `$JS.API.${request}`;
  const message = await ask(connection, subject, body === undefined ? '' : JSON.stringify(body), options);
  return readAnswer(message.data, subject);
}

/** @throws {FedwardError} MESSAGE_INVALID for what is no answer of JetStream */
export function readAnswer(data: Uint8Array, what: string): ApiAnswer {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(data).toString('utf8'));
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', `the answer to ${what} is no JSON`, what, { cause });
  }
  const failed = failure.safeParse(value);
  if (!failed.success) return { value: parseWith(answer, value, `the answer to ${what}`) };
  const { code, err_code: errCode, description: words } = failed.data.error;
  return { failure: { code, errCode, words } };
}

import { FedwardError, isFedwardError } from '@fedward/core';
import type { ThreadError } from './messages.js';

export function sendError(error: unknown): ThreadError {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  if (!isFedwardError(error)) return { name, message };
  const { code, family, subject } = error;
  return { name, message, code, family, ...(subject !== undefined && { subject }) };
}

export function receiveError({ name, code, family, message, subject }: ThreadError): Error {
  if (code !== undefined) return new FedwardError(code, message, subject, { ...(family && { family }) });
  return Object.assign(new Error(message), { name });
}

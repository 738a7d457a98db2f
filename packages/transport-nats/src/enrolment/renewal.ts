import { parseWith, type JsonObject } from '@fedward/core';
import * as z from 'zod';
import { pem, servers } from './parts.js';

/** By this name the hospital asks for a new certificate (`subjects.request`). */
export const renewalKind = 'certificate';

const question = z.object({ request: pem });
const answer = z.object({ certificate: pem, authority: pem, servers });

/** What a member sends to have a new certificate, in a message that is signed by its key. */
export interface RenewalRequest extends JsonObject {
  /** PKCS#10, PEM, of a new key. */
  readonly request: string;
}

/** What it gets. */
export interface RenewalAnswer extends JsonObject {
  readonly certificate: string;
  readonly authority: string;
  /** Where the hub is now. */
  readonly servers: readonly string[];
}

/** @throws {FedwardError} CONFIG_INVALID */
export function parseRenewalRequest(value: unknown): RenewalRequest {
  return parseWith(question, value, 'the request for a certificate');
}

/** @throws {FedwardError} CONFIG_INVALID */
export function parseRenewalAnswer(value: unknown): RenewalAnswer {
  return parseWith(answer, value, 'the answer to the request for a certificate');
}

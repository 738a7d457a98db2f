import { FedwardError, parseWith } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';
import * as z from 'zod';
import { openDocument, sealDocument } from './document.js';
import { memberId, pem, servers, verifierKey } from './parts.js';

const schema = z.object({
  federation: memberId,
  site: memberId,
  key: verifierKey,
  certificate: pem,
  authority: pem,
  servers,
  approved: z.iso.datetime(),
});

/** A hospital is a member. */
export interface Welcome {
  readonly federation: string;
  readonly site: string;
  /** Verifier key of the hospital that was approved. */
  readonly key: string;
  /** PEM; of the key in the hospital's request. */
  readonly certificate: string;
  readonly authority: string;
  /** Where the hub is now. */
  readonly servers: readonly string[];
  /** ISO 8601, UTC; for people. */
  readonly approved: string;
}

/** @param signer the coordinator */
export function sealWelcome(welcome: Welcome, signer: Signer): string {
  return sealDocument('welcome', { ...welcome }, signer);
}

/** What a welcome is held against: what the hospital knows of itself and of its coordinator. */
export interface WelcomeExpected {
  readonly federation: string;
  readonly site: string;
  /** Verifier keys. */
  readonly key: string;
  readonly coordinator: string;
}

/**
 * @throws {FedwardError} as `openDocument`; SIGNATURE_INVALID for one of another coordinator; FILE_INVALID for one that is for
 *   another federation, hospital or key
 */
export function openWelcome(text: string, where: string, expected: WelcomeExpected): Welcome {
  const { body, verifier } = openDocument('welcome', text, where);
  if (verifier.verifierKey !== expected.coordinator)
    throw new FedwardError(
      'SIGNATURE_INVALID',
      `${where} is signed by another key of ${verifier.name} than that of the coordinator whose invite was taken here`,
      where,
    );
  const welcome = parseWith(schema, body, where);
  const refuse = (what: string, is: string, own: string): never => {
    throw new FedwardError('FILE_INVALID', `${where} is for the ${what} ${is}; this folder is of ${own}`, where);
  };
  if (welcome.federation !== expected.federation) refuse('federation', welcome.federation, expected.federation);
  if (welcome.site !== expected.site) refuse('hospital', welcome.site, expected.site);
  if (welcome.key !== expected.key) refuse('key', welcome.key, expected.key);
  return welcome;
}

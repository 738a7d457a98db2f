import { FedwardError, parseWith } from '@fedward/core';
import type { Signer, Verifier } from '@fedward/kit-keys';
import * as z from 'zod';
import { openDocument, sealDocument } from './document.js';
import { memberId, pem, verifierKey } from './parts.js';

const schema = z.object({
  federation: memberId,
  site: memberId,
  coordinator: verifierKey,
  request: pem,
  software: z.string().max(100),
  made: z.iso.datetime(),
});

/** A hospital asks to be a member. It is signed by the key that will sign all of its answers. */
export interface EnrolmentRequest {
  readonly federation: string;
  readonly site: string;
  /** Verifier key of the coordinator that the hospital was invited by. */
  readonly coordinator: string;
  /** For its certificate: PKCS#10, PEM. The private half stays at the hospital. */
  readonly request: string;
  /** Version of fedward at the hospital. */
  readonly software: string;
  /** ISO 8601, UTC; for people. */
  readonly made: string;
}

/** @param signer the hospital; its key is named as the hospital is */
export function sealRequest(request: EnrolmentRequest, signer: Signer): string {
  return sealDocument('request', { ...request }, signer);
}

/**
 * @throws {FedwardError} as `openDocument`; CONFIG_INVALID naming a member that is wrong; FILE_INVALID for a request in the name
 *   of another hospital than its key has
 */
export function openRequest(
  text: string,
  where: string,
): { readonly request: EnrolmentRequest; readonly site: Verifier } {
  const { body, verifier } = openDocument('request', text, where);
  const request = parseWith(schema, body, where);
  if (verifier.name === request.site) return { request, site: verifier };
  throw new FedwardError(
    'FILE_INVALID',
    `${where} asks for ${request.site}, and is signed by a key of ${verifier.name}`,
    where,
  );
}

import { parseWith } from '@fedward/core';
import type { Signer, Verifier } from '@fedward/kit-keys';
import * as z from 'zod';
import { memberId, pem, servers } from './parts.js';
import { openDocument, sealDocument } from './document.js';

const schema = z.object({ federation: memberId, site: memberId, servers, authority: pem, issued: z.iso.datetime() });

/** What a hospital needs to know before it can ask to be a member. Nothing of it is secret. */
export interface Invite {
  readonly federation: string;
  /** Under which id it would be a member. */
  readonly site: string;
  /** Where the hub is, the first is tried first: `wss://host:443`, `tls://host:4222`. */
  readonly servers: readonly string[];
  /** By which the hub is known, PEM: the federation's own authority. */
  readonly authority: string;
  /** ISO 8601, UTC; for people. */
  readonly issued: string;
}

/** @param signer the coordinator, whose key every task will be signed by */
export function sealInvite(invite: Invite, signer: Signer): string {
  return sealDocument('invite', { ...invite }, signer);
}

/** @throws {FedwardError} as `openDocument`; CONFIG_INVALID naming a member that is wrong */
export function openInvite(text: string, where: string): { readonly invite: Invite; readonly coordinator: Verifier } {
  const { body, verifier } = openDocument('invite', text, where);
  return { invite: parseWith(schema, body, where), coordinator: verifier };
}

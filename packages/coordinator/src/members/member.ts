import { FedwardError, parseWith, sha256 } from '@fedward/core';
import { assertMemberId } from '@fedward/transport-nats';
import * as z from 'zod';

const pem = z.string().min(1).max(20_000);
const time = z.iso.datetime();

const schema = z.object({
  v: z.literal(1),
  federation: z.string(),
  id: z.string(),
  state: z.enum(['active', 'revoked']),
  key: z.string().max(500),
  formerKeys: z.array(z.string().max(500)),
  enrolment: z.int().min(1),
  certificate: pem,
  request: pem,
  formerRequests: z.array(z.string().max(64)).default([]),
  history: z.array(z.object({ at: time, what: z.enum(['approved', 'renewed', 'revoked']), words: z.string() })),
});

/** A hospital that is a member, or was. */
export interface Member {
  readonly v: 1;
  readonly federation: string;
  readonly id: string;
  /** Nothing of a revoked member is taken, and nothing is sent to it. */
  readonly state: 'active' | 'revoked';
  /** Verifier key that was approved: it signs all that the hospital sends. */
  readonly key: string;
  /** Keys under which it was revoked: none of them is approved again. */
  readonly formerKeys: readonly string[];
  /** How often it was enrolled; in its certificate, so that one from before a revocation is known no longer. */
  readonly enrolment: number;
  /** The newest certificate, PEM. */
  readonly certificate: string;
  /** What that one was made for, PKCS#10: who asks for the same again gets the same. */
  readonly request: string;
  /** SHA-256 of those before it, hexadecimal: none of them is certified again. */
  readonly formerRequests: readonly string[];
  /** What became of it, the newest last. */
  readonly history: readonly MemberEvent[];
}

/** A step in a member's life. */
export interface MemberEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly what: 'approved' | 'renewed' | 'revoked';
  /** For people. */
  readonly words: string;
}

/** So many steps are kept of each: the oldest renewals go. */
const mostEvents = 200;

/**
 * The member with a newer certificate, and what it was made for.
 * @throws {FedwardError} REQUEST_USED for a request from before the one that it has now: whoever has kept one, and the key of a
 *   certificate that has ended, could else have it certified for ever
 */
export function certified(member: Member, request: string, certificate: string): Member {
  assertUnused(member, request);
  if (request === member.request) return { ...member, certificate };
  return {
    ...member,
    certificate,
    request,
    formerRequests: [...member.formerRequests, sha256(member.request)].slice(-mostEvents),
  };
}

/** @throws {FedwardError} REQUEST_USED */
export function assertUnused({ id, formerRequests }: Member, request: string): void {
  if (!formerRequests.includes(sha256(request))) return;
  throw new FedwardError('REQUEST_USED', `${id} had a certificate for this request before: it asks for one with a new key (fedward site request)`, id); // prettier-ignore
}

export function withEvent(member: Member, what: MemberEvent['what'], words: string, now: Date): Member {
  const history = [...member.history, { at: now.toISOString(), what, words }];
  return { ...member, history: history.slice(-mostEvents) };
}

/** @throws {FedwardError} FILE_INVALID for what is none */
export function parseMember(text: string, path: string): Member {
  try {
    const member = parseWith(schema, JSON.parse(text), path);
    assertMemberId(member.id);
    return member;
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${path} is no file of a member: ${(cause as Error).message}`, path, {
      cause,
    });
  }
}

import { coordinator, FedwardError } from '@fedward/core';

// Names on the wire. `v1` is the version of what is sent there: another one has subjects of its own.

/** Streams, each of one kind of message. DOWN is the federation's; the others are in each hospital's own account. */
export const streams = {
  /** Chunks of what goes to hospitals: written once, read by direct get, purged when nobody needs them. */
  down: 'DOWN',
  /** Questions: of each kind and run the newest only. */
  tasks: 'TASKS',
  /** Answers, each written once. */
  results: 'RESULTS',
  /** Chunks of what comes from the hospital: written once. */
  up: 'UP',
  /** What the hospital says unasked: that it is there, what it asks for; the newest of each. */
  status: 'STATUS',
} as const;

/** The consumer of TASKS that the coordinator makes for the hospital. */
export const taskConsumer = 'site';

/** Subjects, and patterns of them. */
export const subjects = {
  /** @param run a token: see `tokenOf` @param lane of questions that are under way at once, each has its own */
  task: (kind: string, run: string, lane = 0) => `fw.v1.task.${kind}.${run}.${lane}`,
  tasks: 'fw.v1.task.>',
  /**
   * @param task digest of all that a question asks for, hexadecimal
   * @param ask digest of all that was said when it was asked for, which is told apart from other times that it was
   */
  result: (task: string, ask?: string) => `fw.v1.result.${task}${ask === undefined ? '' : `.${ask}`}`,
  results: 'fw.v1.result.>',
  /** A chunk by the digest of the whole, or `m`: what there is to know of it. */
  chunk: (space: BlobSpace, digest: string, part: number | 'm') => `fw.v1.${space}.${digest}.${part}`,
  chunks: (space: BlobSpace) => `fw.v1.${space}.>`,
  presence: 'fw.v1.presence',
  /** What a hospital asks the coordinator for, such as a new certificate. */
  request: (kind: string) => `fw.v1.request.${kind}`,
  requests: 'fw.v1.request.>',
  /** Lines of its log, where the hospital has them shown; kept nowhere. */
  log: 'fw.v1.log',
} as const;

/** Which way chunks go: `down` to hospitals, `up` from one. */
export type BlobSpace = 'down' | 'up';

/** Any text as one token of a subject. */
export function tokenOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url') || '_';
}

/** Ids of hospitals of a federation: they are names of accounts, files and certificates. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** @throws {FedwardError} CONFIG_INVALID */
export function assertMemberId(id: string): void {
  if (id.toLowerCase() === coordinator)
    throw new FedwardError('CONFIG_INVALID', `${id} is what the coordinator is called in logs and messages: take another id`, 'id'); // prettier-ignore
  if (idPattern.test(id)) return;
  throw new FedwardError(
    'CONFIG_INVALID',
    `${JSON.stringify(id)} can't be the id of a hospital or a federation: up to 63 letters, digits, - and _, the first a letter or digit`,
    'id',
  );
}

/** By which each party is known to the hub: the URI in its certificate, which is its only identity there. */
export const identities = {
  /** In the federation's account. */
  coordinator: (federation: string) => `fedward://${federation}/coordinator`,
  /** The coordinator in a hospital's account. */
  coordinatorAt: (federation: string, site: string) => `fedward://${federation}/coordinator/${site}`,
  /** @param enrolment how often the hospital was enrolled: what was certified before it was revoked is known no longer */
  site: (federation: string, site: string, enrolment = 1) =>
    `fedward://${federation}/site/${site}${enrolment === 1 ? '' : `/${enrolment}`}`,
  /** For connects, disconnects and refusals, as the hub tells them. */
  system: (federation: string) => `fedward://${federation}/system`,
} as const;

/** The one prefix of subjects at which a party hears answers. */
export function inboxOf(party: string): string {
  return `_INBOX_${party}`;
}

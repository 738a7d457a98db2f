import { FedwardError } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';
import { apiCodes, askApi } from '../streams/api.js';
import { streams, subjects, type BlobSpace } from '../subjects.js';
import { assertRef, type BlobRef } from './chunks.js';

/** A blob as the hub has it. */
export interface ListedBlob {
  readonly sha256: string;
  /** Whether its manifest is there, which is sent last. */
  readonly whole: boolean;
}

/** What there is, whole or not. @throws {FedwardError} HUB_SILENT, HUB_REFUSED */
export async function listBlobs(connection: NatsConnection, space: BlobSpace): Promise<readonly ListedBlob[]> {
  const whole = new Map<string, boolean>();
  for (const subject of await subjectsOf(connection, space, subjects.chunks(space))) {
    const [, , , sha256 = '', part] = subject.split('.');
    whole.set(sha256, whole.get(sha256) === true || part === 'm');
  }
  return [...whole].map(([sha256, isWhole]) => ({ sha256, whole: isWhole }));
}

/** Removes a blob, so that it could be sent anew. One that is not there is no error. */
export async function purgeBlob(connection: NatsConnection, space: BlobSpace, ref: BlobRef): Promise<void> {
  assertRef(ref);
  const filter = `${subjects.chunks(space).slice(0, -1)}${ref.sha256}.>`;
  const answer = await askApi(connection, `STREAM.PURGE.${streams[space]}`, { filter }, { timeoutMs: 5000 });
  if (!('failure' in answer) || answer.failure.errCode === apiCodes.streamNotFound) return;
  throw new FedwardError('HUB_REFUSED', `the hub does not remove ${ref.sha256}: ${answer.failure.words}`, ref.sha256);
}

/** Numbers of the chunks of a blob that are there, and `m`. */
export async function partsOf(
  connection: NatsConnection,
  space: BlobSpace,
  sha256: string,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const prefix = `${subjects.chunks(space).slice(0, -1)}${sha256}.`;
  const there = await subjectsOf(connection, space, `${prefix}*`, signal);
  return new Set(there.map((subject) => subject.slice(prefix.length)));
}

async function subjectsOf(
  connection: NatsConnection,
  space: BlobSpace,
  filter: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (;;) {
    const body = { subjects_filter: filter, offset: found.length };
    const options = { timeoutMs: 5000, countAway: false, ...(signal && { signal }) };
    const answer = await askApi(connection, `STREAM.INFO.${streams[space]}`, body, options);
    // Without the stream nothing is there: who sends finds out soon enough.
    if ('failure' in answer) return found;
    const { state, total } = answer.value as { state?: { subjects?: Record<string, number> }; total?: unknown };
    const page = Object.keys(state?.subjects ?? {});
    found.push(...page);
    if (page.length === 0 || typeof total !== 'number' || found.length >= total) return found;
  }
}

import { FedwardError, throwIfAborted } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';
import { ask } from '../connect/ask.js';
import { apiCodes, readAnswer } from '../streams/api.js';
import { subjects, type BlobSpace } from '../subjects.js';
import { chunkSize, countOf, encodeManifest, rangeOf, type BlobRef } from './chunks.js';
import { partsOf } from './list.js';
import type { BlobSource } from './source.js';

/** Of `putBlob` and `getBlob`. */
export interface BlobOptions {
  /** How many requests are under way at once: as much as fits into a long line. Default: 8. */
  readonly window?: number;
  readonly signal?: AbortSignal;
  /** After each chunk, with its number. */
  readonly onChunk?: (index: number) => void;
}

/** How long a chunk's acknowledgement is waited for before it is sent again, milliseconds: a slow line takes its time. */
const chunkPatience = 10_000;

/**
 * Sends a blob in chunks, each under the digest of the whole, and last a manifest which says that all are there. What the hub
 * has already, also from a process that was killed, is not sent again. While the hub is away it waits, until the signal fires.
 *
 * @param space `up` by a hospital, `down` by the coordinator
 * @returns what it is known by, and how many chunks were sent
 * @throws {FedwardError} HUB_FULL where the account has no room left; HUB_REFUSED, HUB_SILENT, ABORTED; as the source
 */
export async function putBlob(
  connection: NatsConnection,
  space: BlobSpace,
  source: BlobSource,
  options: BlobOptions = {},
): Promise<BlobRef & { readonly sent: number }> {
  const { window = 8, signal, onChunk } = options;
  const ref: BlobRef = { sha256: await source.digest(), size: source.size };
  const count = countOf(ref.size, chunkSize);
  // Of few chunks it costs less to send them than to ask.
  const there = count > window ? await partsOf(connection, space, ref.sha256, signal) : new Set<string>();
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !there.has(String(index)));
  let [next, sent] = [0, 0];
  const stop = new AbortController();
  const worker = async (): Promise<void> => {
    while (next < missing.length) {
      const index = missing[next++]!;
      const { offset, length } = rangeOf(index, ref.size, chunkSize);
      const isNew = await putPart(connection, subjects.chunk(space, ref.sha256, index), await source.read(offset, length), signal); // prettier-ignore
      if (stop.signal.aborted) return;
      throwIfAborted(signal);
      if (isNew) sent++;
      onChunk?.(index);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(window, missing.length) }, worker));
  } finally {
    stop.abort();
  }
  await putPart(connection, subjects.chunk(space, ref.sha256, 'm'), encodeManifest(ref), signal);
  return { ...ref, sent };
}

/** @returns false where it was there already */
async function putPart(
  connection: NatsConnection,
  subject: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const options = { timeoutMs: chunkPatience, tries: 5, countAway: false, ...(signal && { signal }) };
  const answer = readAnswer((await ask(connection, subject, bytes, options)).data, subject);
  if (!('failure' in answer)) return true;
  const { errCode, words } = answer.failure;
  // The same number stands for whatever the store refuses: only these words are that it has it.
  if (errCode === apiCodes.storeFailed && words.includes('per subject')) return false;
  if (/maximum|insufficient|exceeded/i.test(words))
    throw new FedwardError('HUB_FULL', `the hub has no room for ${subject}: ${words}; what nobody needs has to be purged`, subject); // prettier-ignore
  throw new FedwardError('HUB_REFUSED', `the hub does not take ${subject}: ${words} (${errCode})`, subject);
}

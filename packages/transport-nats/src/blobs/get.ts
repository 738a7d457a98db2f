import { createHash } from 'node:crypto';
import { FedwardError, hasCode, throwIfAborted } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';
import { ask } from '../connect/ask.js';
import { streams, subjects, type BlobSpace } from '../subjects.js';
import { assertRef, decodeManifest, rangeOf, type BlobRef } from './chunks.js';
import type { BlobOptions } from './put.js';
import type { BlobSink } from './sink.js';

/** How long a part is waited for before it is asked for again, milliseconds: a slow line takes its time for a chunk. */
const patience = { manifest: 1500, chunk: 5000 } as const;

/**
 * Fetches a blob. Chunks are asked for several at once and written in their order, so that what a sink has after a crash is a
 * beginning that can be gone on with. The SHA-256 of the whole is verified before it is handed on. While the hub is away it
 * waits, until the signal fires.
 *
 * @throws {FedwardError} BLOB_MISSING where the hub has not all of it (any more); DIGEST_MISMATCH, MESSAGE_INVALID where it has
 *   something else under that name; ABORTED; as the sink
 */
export async function getBlob(
  connection: NatsConnection,
  space: BlobSpace,
  ref: BlobRef,
  sink: BlobSink,
  options: BlobOptions = {},
): Promise<void> {
  assertRef(ref);
  const { chunk, count } = decodeManifest(await getPart(connection, space, ref, 'm', options.signal), ref);
  // What a sink has from before may have been damaged with the machine: then all of it is fetched once more.
  for (const again of [false, true]) {
    const { resumed, digest } = await receive(connection, space, ref, sink, { ...options, chunk, count });
    if (digest === ref.sha256) return sink.finish();
    await sink.discard();
    if (!resumed || again) break;
  }
  throw new FedwardError('DIGEST_MISMATCH', `what the hub has as ${ref.sha256} is something else: it has to be removed and sent anew`, ref.sha256); // prettier-ignore
}

async function receive(
  connection: NatsConnection,
  space: BlobSpace,
  ref: BlobRef,
  sink: BlobSink,
  { window = 8, signal, onChunk, chunk, count }: BlobOptions & { readonly chunk: number; readonly count: number },
): Promise<{ readonly resumed: boolean; readonly digest: string }> {
  const hash = createHash('sha256');
  let have = 0;
  try {
    for await (const piece of sink.kept(ref)) {
      hash.update(piece);
      have += piece.length;
    }
    const resumed = have > 0;
    let next = Math.floor(have / chunk);
    const coming: Promise<Uint8Array>[] = [];
    for (let index = next; index < count; index++) {
      for (; next < count && coming.length < window; next++) {
        const part = getChunk(connection, space, ref, next, chunk, signal);
        part.catch(() => undefined); // who waits for it gets it; after another's failure nobody does
        coming.push(part);
      }
      const bytes = await coming.shift()!;
      throwIfAborted(signal);
      const fresh = bytes.subarray(Math.max(0, have - index * chunk));
      hash.update(fresh);
      await sink.write(fresh);
      have += fresh.length;
      onChunk?.(index);
    }
    return { resumed, digest: hash.digest('hex') };
  } catch (error) {
    await sink.pause().catch(() => undefined);
    throw error;
  }
}

async function getChunk(
  connection: NatsConnection,
  space: BlobSpace,
  ref: BlobRef,
  index: number,
  chunk: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = await getPart(connection, space, ref, index, signal);
  const { length } = rangeOf(index, ref.size, chunk);
  if (bytes.length === length) return bytes;
  throw new FedwardError('DIGEST_MISMATCH', `chunk ${index} of ${ref.sha256} has ${bytes.length} bytes, not ${length}`, ref.sha256); // prettier-ignore
}

/**
 * By a direct read of the stream, for which there need be no consumer. What is missing is said in three ways: 404, by servers
 * before 2.10 nothing at all, and by later ones that nobody answers for a stream that is gone.
 */
async function getPart(
  connection: NatsConnection,
  space: BlobSpace,
  ref: BlobRef,
  part: number | 'm',
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const subject = `$JS.API.DIRECT.GET.${streams[space]}.${subjects.chunk(space, ref.sha256, part)}`;
  const options = {
    timeoutMs: part === 'm' ? patience.manifest : patience.chunk,
    tries: 2,
    countAway: false,
    ...(signal && { signal }),
  };
  const missing = (cause?: unknown): FedwardError =>
    new FedwardError('BLOB_MISSING', `the hub has no ${part === 'm' ? 'manifest' : `chunk ${part}`} of ${ref.sha256}: it has to be sent again`, ref.sha256, { cause }); // prettier-ignore
  try {
    const message = await ask(connection, subject, '', options);
    const code = message.headers?.code ?? 0;
    if (code === 0) return message.data;
    if (code === 404) throw missing();
    throw new FedwardError('HUB_REFUSED', `the hub answers ${code} for ${subject}`, subject);
  } catch (error) {
    throw hasCode(error, 'HUB_SILENT') ? missing(error) : error;
  }
}

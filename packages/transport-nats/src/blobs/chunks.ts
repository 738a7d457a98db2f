import { canonicalJson, FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';

/** Bytes that travel by themselves, named by their content. */
export interface BlobRef {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** How large a chunk is, bytes: half of what a hub takes as one message, unless it is told otherwise. */
export const chunkSize = 512 * 1024;
/** Of a chunk from whoever cuts otherwise: no smaller, so that a manifest can't ask for endless requests. */
const [leastChunk, mostChunk] = [64 * 1024, 2 ** 20];

/** What is written last, when all chunks are there. */
export interface Manifest {
  readonly v: 1;
  readonly size: number;
  readonly chunk: number;
  readonly count: number;
  readonly digest: string;
}

const schema = z.object({
  v: z.literal(1),
  size: z.int().min(0),
  chunk: z.int().min(leastChunk).max(mostChunk),
  count: z.int().min(0),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** How many chunks make a whole of so many bytes. */
export function countOf(size: number, chunk: number): number {
  return Math.ceil(size / chunk);
}

/** Where chunk `index` begins, and how long it is; the last one may be shorter. */
export function rangeOf(
  index: number,
  size: number,
  chunk: number,
): { readonly offset: number; readonly length: number } {
  const offset = index * chunk;
  return { offset, length: Math.min(chunk, size - offset) };
}

export function encodeManifest({ sha256, size }: BlobRef): Uint8Array {
  const manifest: Manifest = { v: 1, size, chunk: chunkSize, count: countOf(size, chunkSize), digest: sha256 };
  return Buffer.from(canonicalJson(manifest), 'utf8');
}

/** @throws {FedwardError} MESSAGE_INVALID for one that is not of this blob: how much is fetched is never up to it */
export function decodeManifest(bytes: Uint8Array, { sha256, size }: BlobRef): Manifest {
  const what = `the manifest of ${sha256}`;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', `${what} is no JSON`, sha256, { cause });
  }
  const manifest = parseWith(schema, value, what);
  const fits = manifest.size === size && manifest.digest === sha256 && manifest.count === countOf(size, manifest.chunk);
  if (!fits) throw new FedwardError('MESSAGE_INVALID', `${what} is of something else: ${size} bytes were announced`, sha256); // prettier-ignore
  return manifest;
}

/** @throws {FedwardError} ARGUMENT_INVALID for what is no reference to a blob: it would go into subjects and file names */
export function assertRef({ sha256, size }: BlobRef): void {
  if (/^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(size) && size >= 0) return;
  throw new FedwardError('ARGUMENT_INVALID', 'a blob is named by 64 hexadecimal digits and its size in bytes', 'ref');
}

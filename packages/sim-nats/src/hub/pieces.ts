import { createHash } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { streams, subjects } from './names.js';
import { ifThere, persist, writeOnce } from './persist.js';

/** Bytes of a piece: below what any hub takes in one message. */
export const pieceBytes = 512 * 1024;
/** How many are under way at once. */
const window = 4;

/** Bytes that are somewhere in pieces. */
export interface PiecesRef {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly size: number;
}

export function refOf(bytes: Uint8Array): PiecesRef {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
}

/** Puts bytes on the hub under their digest. What is there already is not sent again. */
export async function putPieces(
  js: JetStreamClient,
  session: string,
  bytes: Uint8Array,
  { sha256 }: PiecesRef,
  signal: AbortSignal,
): Promise<void> {
  await eachOf(bytes.length, async (index, from, to) =>
    writeOnce(js, subjects.piece(session, sha256, index), bytes.subarray(from, to), signal),
  );
}

/**
 * @returns bytes of this digest; undefined where some of them are not there
 * @throws {FedwardError} DIGEST_MISMATCH
 */
export async function getPieces(
  jsm: JetStreamManager,
  session: string,
  { sha256, size }: PiecesRef,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(size);
  let whole = true;
  await eachOf(size, async (index, from, to) => {
    const last_by_subj = subjects.piece(session, sha256, index);
    const piece = await persist(() => ifThere(jsm.direct.getMessage(streams.pieces, { last_by_subj })), signal, 3);
    if (piece?.data.length === to - from) bytes.set(piece.data, from);
    else whole = false;
  });
  if (!whole) return undefined;
  if (refOf(bytes).sha256 === sha256) return bytes;
  throw new FedwardError('DIGEST_MISMATCH', `what the hub has as ${sha256} is something else`, sha256);
}

/** In order, a few at once. */
async function eachOf(size: number, one: (index: number, from: number, to: number) => Promise<void>): Promise<void> {
  const count = Math.ceil(size / pieceBytes);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      await one(index, index * pieceBytes, Math.min(size, (index + 1) * pieceBytes));
    }
  };
  await Promise.all(Array.from({ length: Math.min(window, count) }, lane));
}

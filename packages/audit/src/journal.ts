import { crc32 } from 'node:zlib';

/**
 * The journal: what makes an entry last with one flush. Frames, each of length (32 bits, big-endian), CRC-32 and body; the
 * first byte of a body says what it is. It begins with the checkpoint that the tiles go up to; behind it come groups of
 * entries, each with the checkpoint over all up to its end. What lies behind the last checkpoint was never acknowledged.
 */
const kinds = { base: 0x42, entry: 0x45, commit: 0x43 } as const;
type Kind = keyof typeof kinds;
const headerBytes = 8;

export function baseFrame(checkpoint: string): Buffer {
  return frame('base', Buffer.from(checkpoint));
}

/** Entries and the checkpoint that counts them, as they are written in one go. */
export function groupFrames(leaves: readonly Uint8Array[], checkpoint: string): Buffer {
  return Buffer.concat([...leaves.map((leaf) => frame('entry', leaf)), frame('commit', Buffer.from(checkpoint))]);
}

function frame(kind: Kind, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + 1 + payload.length);
  bytes.writeUInt32BE(1 + payload.length, 0);
  bytes[headerBytes] = kinds[kind];
  bytes.set(payload, headerBytes + 1);
  bytes.writeUInt32BE(crc32(bytes.subarray(headerBytes)), 4);
  return bytes;
}

/** A piece of a journal and where its frame begins. */
interface Piece<T> {
  readonly value: T;
  readonly offset: number;
}

/** What a journal holds. */
export interface Journal {
  /** Checkpoint that the tiles go up to. */
  readonly base: string;
  /** Entries that were acknowledged, the first of them behind `base`. */
  readonly leaves: readonly Piece<Buffer>[];
  /** Checkpoints over them, and behind how many of `leaves` each stands. */
  readonly commits: readonly (Piece<string> & { readonly count: number })[];
  /** Where the last group ends. */
  readonly end: number;
  /** What lies behind: nothing; what a crash leaves of the last group; or more than that, so that it was changed. */
  readonly behind: 'nothing' | 'torn' | 'changed';
}

/** @throws {Error} with the reason, for bytes that do not begin as a journal does */
export function readJournal(bytes: Buffer): Journal {
  const first = frameAt(bytes, 0);
  if (first?.kind !== 'base') throw new Error('it does not begin with a checkpoint');
  const leaves: Piece<Buffer>[] = [];
  const commits: (Piece<string> & { count: number })[] = [];
  let end = first.end;
  let committed = 0;
  for (let found = frameAt(bytes, end), offset = end; found; offset = found.end, found = frameAt(bytes, offset)) {
    if (found.kind === 'base') break;
    if (found.kind === 'entry') leaves.push({ value: found.payload, offset });
    else {
      committed = leaves.length;
      end = found.end;
      commits.push({ value: found.payload.toString('utf8'), offset, count: committed });
    }
  }
  const behind = end === bytes.length ? 'nothing' : commitsIn(bytes, end) > 1 ? 'changed' : 'torn';
  return { base: first.payload.toString('utf8'), leaves: leaves.slice(0, committed), commits, end, behind };
}

/**
 * How many whole checkpoints lie behind a damage, at any byte. A crash leaves at most one: of a group that was not
 * acknowledged, whose pages reached the disk out of order.
 */
function commitsIn(bytes: Buffer, from: number): number {
  let count = 0;
  for (let at = from; at + headerBytes < bytes.length;) {
    const found = bytes[at + headerBytes] === kinds.commit ? frameAt(bytes, at) : undefined;
    if (found) count += 1;
    at = found?.end ?? at + 1;
  }
  return count;
}

function frameAt(bytes: Buffer, at: number): { kind: Kind; payload: Buffer; end: number } | undefined {
  if (at + headerBytes >= bytes.length) return undefined;
  const length = bytes.readUInt32BE(at);
  const end = at + headerBytes + length;
  if (length < 1 || end > bytes.length) return undefined;
  const body = bytes.subarray(at + headerBytes, end);
  if (crc32(body) !== bytes.readUInt32BE(at + 4)) return undefined;
  const kind = (Object.keys(kinds) as Kind[]).find((name) => kinds[name] === body[0]);
  return kind && { kind, payload: body.subarray(1), end };
}

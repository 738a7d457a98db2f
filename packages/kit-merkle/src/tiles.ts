import { assertInteger, FedwardError } from '@fedward/core';

/** Hashes of a full tile, and entries of a full bundle. Source: C2SP tlog-tiles. */
export const tileWidth = 256;
/** Bytes of a hash in a tile: SHA-256. */
export const hashBytes = 32;
/** The largest entry that a bundle can hold, bytes: its length stands before it as 16 bits. */
export const mostEntryBytes = 65_535;

/**
 * Where a tile of hashes is, from the log's folder on: `tile/0/x001/067`, `tile/1/000.p/12`. Source: C2SP tlog-tiles.
 * @param level 0 for the hashes of leaves; each hash of a level is over a full tile of the one below
 * @param index of the tile in its level
 * @param width number of hashes, 1 to 256
 */
export function tilePath(level: number, index: number, width = tileWidth): string {
  assertInteger('level', level, 0, 63);
  return `tile/${level}/${numbered(index, width)}`;
}

/** Where a bundle of entries is: `tile/entries/x001/067`. Source: C2SP tlog-tiles. */
export function entriesPath(index: number, width = tileWidth): string {
  return `tile/entries/${numbered(index, width)}`;
}

function numbered(index: number, width: number): string {
  assertInteger('index', index, 0, Number.MAX_SAFE_INTEGER);
  assertInteger('width', width, 1, tileWidth);
  const groups: string[] = [];
  for (let rest = index, last = true; last || rest > 0; rest = Math.floor(rest / 1000), last = false)
    groups.unshift(`${last ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`);
  return groups.join('/') + (width === tileWidth ? '' : `.p/${width}`);
}

/** A tile of a tree, or part of one at its right edge. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
  /** Number of hashes, 1 to 256. */
  readonly width: number;
}

/** The tiles at the right edge of a tree that are not full, lowest level first. Source: C2SP tlog-tiles, partial tiles. */
export function partialTiles(size: number): TilePlace[] {
  const places: TilePlace[] = [];
  let hashes = size;
  for (let level = 0; hashes > 0; level++, hashes = Math.floor(hashes / tileWidth)) {
    const width = hashes % tileWidth;
    if (width > 0) places.push({ level, index: Math.floor(hashes / tileWidth), width });
  }
  return places;
}

/**
 * Entries as a bundle holds them: each behind its length in bytes, 16 bits, big-endian. Source: C2SP tlog-tiles.
 * @throws {FedwardError} ARGUMENT_INVALID for an entry of more than 65,535 bytes
 */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    assertInteger('entry.length', entry.length, 0, mostEntryBytes);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

/** An entry of a bundle, and where it begins there: at its length. */
export interface BundleEntry {
  readonly bytes: Buffer;
  readonly offset: number;
}

/**
 * The entries of a bundle.
 * @param most entries behind these are not looked at
 * @throws {FedwardError} FILE_INVALID for one that is cut off; `offset` in its message is where the entry begins
 */
export function decodeBundle(bundle: Buffer, most = Infinity): BundleEntry[] {
  const entries: BundleEntry[] = [];
  for (let offset = 0; offset < bundle.length && entries.length < most;) {
    const from = offset + 2;
    const to = from <= bundle.length ? from + bundle.readUInt16BE(offset) : Infinity;
    if (to > bundle.length)
      throw new FedwardError('FILE_INVALID', `entry ${entries.length} of the bundle, at byte ${offset}, is cut off`);
    entries.push({ bytes: bundle.subarray(from, to), offset });
    offset = to;
  }
  return entries;
}

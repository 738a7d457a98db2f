import { hasErrno } from '@fedward/kit-files';
import {
  decodeBundle,
  entriesPath,
  hashBytes,
  hashesOf,
  tilePath,
  tileWidth,
  type BundleEntry,
} from '@fedward/kit-merkle';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { reasonOf } from './event.js';
import { draftSuffix, ioFailure, tampered } from './files.js';

const named = /^tile\/(?:entries|\d{1,2})\/(?:x\d{3}\/)*\d{3}(?:\.p\/([1-9]\d{0,2}))?$/;

/** What is in a log's folder of tiles, read file by file. All paths are from the log's folder on, with slashes. */
export class TileFiles {
  readonly #directory: string;
  /** Of each tile or bundle, by the path that it has when it is full, the widths that there are. */
  readonly #widths = new Map<string, number[]>();
  /** Files that no log has. */
  readonly strange: string[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws {FedwardError} AUDIT_FAILED where the folder can't be read */
  static async in(directory: string): Promise<TileFiles> {
    const found = new TileFiles(directory);
    const folder = join(directory, 'tile');
    try {
      for (const item of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (item.isDirectory() || item.name.endsWith(draftSuffix)) continue;
        found.#add(relative(directory, join(item.parentPath, item.name)).split(sep).join('/'));
      }
    } catch (error) {
      if (!hasErrno(error, 'ENOENT')) throw ioFailure('read', folder, error);
    }
    return found;
  }

  #add(path: string): void {
    const match = named.exec(path);
    const width = Number(match?.[1] ?? tileWidth);
    if (!match || width > tileWidth) return void this.strange.push(path);
    const full = path.replace(/\.p\/\d+$/, '');
    const widths = this.#widths.get(full) ?? [];
    this.#widths.set(
      full,
      [...widths, width].sort((a, b) => a - b),
    );
  }

  /** The files that there are of a tile, narrowest first, with their widths; they are not asked for again. */
  take(full: string): { readonly path: string; readonly width: number }[] {
    const widths = this.#widths.get(full) ?? [];
    this.#widths.delete(full);
    return widths.map((width) => ({ path: width === tileWidth ? full : `${full}.p/${width}`, width }));
  }

  /** The files that nobody has taken. */
  left(): string[] {
    return [...this.#widths.keys()].flatMap((full) => this.take(full).map(({ path }) => path));
  }

  /** @throws {FedwardError} AUDIT_FAILED */
  read(path: string): Promise<Buffer> {
    return readFile(join(this.#directory, path)).catch((error: unknown) => {
      throw ioFailure('read', join(this.#directory, path), error);
    });
  }
}

async function firstOf(directory: string, paths: readonly string[]): Promise<Buffer | undefined> {
  for (const path of paths)
    try {
      return await readFile(join(directory, path));
    } catch (error) {
      if (!hasErrno(error, 'ENOENT', 'ENOTDIR')) throw ioFailure('read', join(directory, path), error);
    }
  return undefined;
}

/**
 * Hashes of a tile of at least this width, hexadecimal; the full tile where the narrower one is gone.
 * @throws {FedwardError} AUDIT_FAILED where it can't be read
 */
export async function readTile(
  directory: string,
  level: number,
  index: number,
  width: number,
): Promise<string[] | undefined> {
  const bytes = await firstOf(directory, [tilePath(level, index, width), tilePath(level, index)]);
  return bytes && bytes.length >= width * hashBytes ? hashesOf(bytes, 0, width) : undefined;
}

/**
 * The first `width` entries of a bundle; undefined where there is none.
 * @throws {FedwardError} AUDIT_FAILED where it can't be read; AUDIT_TAMPERED where it is none, or has fewer
 */
export async function readBundle(directory: string, index: number, width: number): Promise<BundleEntry[] | undefined> {
  const bytes = await firstOf(directory, [entriesPath(index, width), entriesPath(index)]);
  if (!bytes) return undefined;
  let entries: BundleEntry[];
  try {
    entries = decodeBundle(bytes, width);
  } catch (error) {
    throw tampered(join(directory, entriesPath(index, width)), reasonOf(error));
  }
  if (entries.length === width) return entries;
  throw tampered(join(directory, entriesPath(index, width)), `it has ${entries.length} of ${width} entries`);
}

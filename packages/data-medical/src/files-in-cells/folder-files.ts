import { realpath } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { FedwardError, sha256 } from '@fedward/core';
import { broken } from '../images/failure.js';
import { readFileBytes } from '../images/file-bytes.js';
import { unreadable } from '../files.js';
import type { CellFile } from './readers.js';

/** The files of one folder, by paths that come from data and so may be anything. What was read is digested. */
export class FolderFiles {
  readonly #folder: string;
  #real: Promise<string> | undefined;
  readonly #digests = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** SHA-256, hexadecimal, by path, of those that were read so far. */
  get digests(): ReadonlyMap<string, string> {
    return this.#digests;
  }

  /**
   * A file by its path relative to the folder.
   * @param name what messages call it, since its path may say who the patient is
   * @throws {FedwardError} DATA_MALFORMED for a path that leads out of the folder, whatever is there
   */
  file(path: string, name: string): CellFile {
    const parts = path.split(/[/\\]/);
    if (isAbsolute(path) || /^[a-z]:/i.test(path) || path.includes('\0') || parts.includes('..'))
      throw broken(name, "the path leads out of the table's folder: it has to be relative to that, without ..");
    return {
      name,
      path: join(this.#folder, ...parts),
      bytes: () => this.#read(parts.join(sep), name),
      beside: (sibling) => {
        if (/[/\\]/.test(sibling)) throw broken(name, 'a file names another one that is not beside it');
        return this.#read(join(...parts.slice(0, -1), sibling), name);
      },
    };
  }

  async #read(path: string, name: string): Promise<Uint8Array> {
    const whole = join(this.#folder, path);
    this.#real ??= realpath(this.#folder);
    const [folder, real] = await Promise.all([this.#real, realpath(whole)]).catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(name, cause);
      throw new FedwardError('FILE_NOT_FOUND', `${name}: there is no such file in the table's folder`, name, { cause });
    });
    if (!real.startsWith(folder.endsWith(sep) ? folder : folder + sep))
      throw broken(name, "a link leads out of the table's folder");
    const bytes = await readFileBytes(real, name);
    this.#digests.set(whole, sha256(bytes));
    return bytes;
  }
}

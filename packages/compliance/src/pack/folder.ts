import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FedwardError, fileReason } from '@fedward/core';
import { makeFolder, writeFileAtomic } from '@fedward/kit-files';
import type { PackFiles } from './pack.js';
import { filesInZip } from './zip.js';

/** A pack is small: what is larger is something else. */
const mostBytes = 512 * 2 ** 20;

/**
 * Writes a pack's files, the manifest last, so that a folder with one is whole.
 * @throws {FedwardError} CONFIG_INVALID where the folder already holds something; STORAGE_FAILED
 */
export async function writePack(files: PackFiles, folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new FedwardError('CONFIG_INVALID', `--out: ${folder} can't be written to: ${fileReason(error)}`, '--out');
  });
  if (there.length > 0)
    throw new FedwardError(
      'CONFIG_INVALID',
      `--out: ${folder} is not empty; name a folder of its own for the pack`,
      '--out',
    );
  const last = (file: string): number => (file.startsWith('manifest.') ? 1 : 0);
  for (const [file, content] of [...files].sort(([a], [b]) => last(a) - last(b))) {
    const path = join(folder, ...file.split('/'));
    await makeFolder(dirname(path));
    await writeFileAtomic(path, content);
  }
}

/**
 * The files of a pack: a folder, or its archive.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID
 */
export async function readPack(path: string): Promise<Map<string, Uint8Array>> {
  const found = await lstat(path).catch((cause: unknown) => {
    throw new FedwardError('FILE_NOT_FOUND', `there is no pack ${path}`, path, { cause });
  });
  if (!found.isDirectory()) {
    if (found.size > mostBytes) throw tooLarge(path);
    return filesInZip(await readFile(path), path);
  }
  const files = new Map<string, Uint8Array>();
  let total = 0;
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(path, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        await walk(file);
        continue;
      }
      if (!entry.isFile()) throw new FedwardError('FILE_INVALID', `${path}: ${file} is not a plain file`, file);
      const content = await readFile(join(path, file));
      total += content.length;
      if (total > mostBytes) throw tooLarge(path);
      files.set(file, content);
    }
  };
  await walk('');
  return files;
}

function tooLarge(path: string): FedwardError {
  return new FedwardError('FILE_INVALID', `${path} is larger than ${mostBytes / 2 ** 20} MiB, which no pack is`, path);
}

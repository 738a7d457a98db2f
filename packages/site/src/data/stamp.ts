import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';

/**
 * A text that is another once one of these files, or of the files in these folders, was written, replaced or removed: by size,
 * time of change and inode. Cheap enough to be asked before each answer; what it can't tell, a digest of the records does.
 */
export async function stampOf(paths: readonly string[]): Promise<string> {
  const found: string[] = [];
  for (const path of paths) await collect(path, found);
  return sha256(found.join('\n'));
}

async function collect(path: string, found: string[]): Promise<void> {
  const known = await stat(path, { bigint: true }).catch(() => undefined);
  if (!known) return void found.push(`${path} -`);
  found.push(`${path} ${known.size} ${known.mtimeNs} ${known.ctimeNs} ${known.ino}`);
  if (!known.isDirectory()) return;
  const names = await readdir(path).catch(() => []);
  for (const name of names.sort()) await collect(join(path, name), found);
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that goes when all tests around it are done. */
export function temporaryFolderOfFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-across-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

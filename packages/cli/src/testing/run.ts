import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { main } from '../main.js';

/** One command line in this process: what it wrote on each stream. */
export async function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    const write = (text: string | Uint8Array, done?: unknown): boolean => {
      written[stream] += String(text);
      if (typeof done === 'function') done();
      return true;
    };
    const spy = vi.spyOn(process[stream], 'write').mockImplementation(write as typeof process.stdout.write);
    onTestFinished(() => spy.mockRestore());
  }
  const code = await main(['node', 'fedward', ...args]);
  return { code, ...written };
}

/** A folder with these files, until the test is over. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-main-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

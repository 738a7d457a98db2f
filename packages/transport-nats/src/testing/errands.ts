import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Carried, Errand } from './carry.js';

/**
 * Runs `carry` in a process of its own.
 * @param killAfter SIGKILL after so many chunks; then nothing is given back
 */
export async function runErrand(
  script: string,
  folder: string,
  errand: Errand,
  killAfter = Infinity,
): Promise<Carried | undefined> {
  const file = join(folder, `${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(errand), { mode: 0o600 });
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let carried: Carried | undefined;
  let chunks = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'chunk') carried = JSON.parse(line) as Carried;
    else if (++chunks === killAfter) child.kill('SIGKILL');
  }
  await ended;
  return carried;
}

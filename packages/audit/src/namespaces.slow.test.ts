import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openAuditLog } from './open.js';
import { buildScript } from '../../../tools/testing/build-script.js';
import { inDirectory } from './testing/fixtures.js';

/** As a container has it: a pid namespace of its own, on the same kernel, host name and disk. */
const inContainer = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const possible = spawnSync(inContainer[0]!, [...inContainer.slice(1), 'true']).status === 0;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a process that holds the log, in a container or beside it. @returns what it says first, and how to kill it */
async function hold(script: string, directory: string, wrapper: readonly string[]) {
  const [command, ...args] = [...wrapper, process.execPath, script, directory];
  const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  const kill = async (): Promise<void> => {
    const closed = once(child.stdout!, 'close'); // the last that has it, in the container, is gone
    child.kill('SIGKILL');
    await closed;
  };
  return { said: said.toString(), kill };
}

describe.skipIf(!possible)('a log on a disk that containers share', () => {
  it.each([
    ['a container', inContainer, 'this one', []],
    ['a process', [], 'a container', inContainer],
    ['a container', inContainer, 'another container', inContainer],
  ])('that %s holds is not taken by %3$s while it runs, and is once it was killed', (_, holder, __, taker) =>
    inDirectory(async (parent) => {
      const script = await buildScript(new URL('testing/hold-lock.ts', import.meta.url), parent);
      const directory = join(parent, 'audit');
      const held = await hold(script, directory, holder);
      expect(held.said).toBe('held\n');
      const refused = await hold(script, directory, taker);
      expect(refused.said).toContain('is held by process');
      expect(refused.said).toContain('which runs');
      await held.kill();
      const taken = await hold(script, directory, taker);
      expect(taken.said).toBe('held\n');
      await taken.kill();

      await (await openAuditLog(directory)).close();
      expect((await readdir(directory)).sort()).toEqual(['checkpoint']);
    }),
  );
});

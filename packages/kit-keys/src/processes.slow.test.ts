import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildScript } from '../../../tools/testing/build-script.js';
import { createKey, readKey } from './keys.js';
import { readRotations } from './rotate.js';
import { followRotations } from './rotation.js';
import { newFolder } from './testing/folder.js';

const name = 'north/cardiology';

/** What two processes say that do the same at the same time. */
async function race(script: string, directory: string, what: string): Promise<string[]> {
  const children = [1, 2].map(() => fork(script, [directory, what]));
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const answers = children.map(async (child) => ((await once(child, 'message')) as [string])[0]);
    for (const child of children) child.send('go');
    return await Promise.all(answers);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

it('of two processes that make a key of one name exactly one does, 10 times', async () => {
  const folder = newFolder();
  const script = await buildScript(new URL('testing/create-when-told.ts', import.meta.url), folder);
  for (let turn = 0; turn < 10; turn++) {
    const directory = join(folder, String(turn));
    const answers = await race(script, directory, 'create');
    const { verifierKey } = await readKey(directory, name);
    expect(answers.toSorted()).toEqual(['CONFIG_INVALID', verifierKey].sort());
  }
});

it('two processes that rotate a key leave one chain, 10 times', async () => {
  const folder = newFolder();
  const script = await buildScript(new URL('testing/create-when-told.ts', import.meta.url), folder);
  for (let turn = 0; turn < 10; turn++) {
    const directory = join(folder, String(turn));
    const { verifierKey: first } = await createKey({ directory, name });
    const answers = await race(script, directory, 'rotate');
    const { verifierKey: last } = await readKey(directory, name);
    const chain = followRotations(first, await readRotations(directory, name)).map(({ verifierKey }) => verifierKey);
    expect(chain.at(-1)).toBe(last);
    expect(answers).toContain(last);
    for (const answer of answers) expect([...chain.slice(1), 'CONFIG_INCOMPATIBLE']).toContain(answer);
  }
});

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey } from '@fedward/kit-keys';
import { expect, it, onTestFinished } from 'vitest';
import { simulate } from './simulate.js';

it('writes nothing where a key that is given can not be opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [keys, run] = [join(folder, 'keys'), join(folder, 'run')];
  await createKey({ directory: keys, name: 'hospital-1', passphrase: 'correct horse battery' });
  const options = { scenario: 'tutorial', hospitals: 3, rounds: 1, local: false, workers: 1, keys };
  const failed = await simulate({ ...options, passphrase: 'another passphrase' }, run).catch((error) => error);
  expect(failed).toMatchObject({ family: 'configuration', message: expect.stringContaining('passphrase') });
  expect(existsSync(run)).toBe(false);
});

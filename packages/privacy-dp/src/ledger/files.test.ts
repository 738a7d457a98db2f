import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openLedger } from './open.js';
import { chargeOf, inDirectory, options } from './testing/ledgers.js';

it.skipIf(process.platform === 'win32')('all of a ledger is for its owner alone, whatever the mask', () =>
  inDirectory(async (parent) => {
    const mask = process.umask(0);
    onTestFinished(() => void process.umask(mask));
    const directory = join(parent, 'ward', 'ledger');
    await (await openLedger(directory, options)).charge(chargeOf(0));
    const names = await readdir(join(parent, 'ward'), { recursive: true });
    expect(names.toSorted()).toEqual([
      'ledger',
      'ledger/ledger.json',
      'ledger/releases',
      'ledger/releases/00000001.json',
    ]);
    const modes = await Promise.all(['', ...names.toSorted()].map((name) => stat(join(parent, 'ward', name))));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600', '700', '600']);
  }),
);

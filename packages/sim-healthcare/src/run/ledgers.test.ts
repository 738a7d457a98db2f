import fc from 'fast-check';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import { ledgerFolder } from './ledgers.js';
import { simulate } from './simulate.js';

it("puts each hospital's ledger in a folder of its own, whatever its id", () => {
  expect(ledgerFolder('/root', 'hospital-0')).toBe('/root/hospital-0');
  for (const id of ['..', '.', '.hidden', '../up', 'a/b', '/etc', 'Zürich Süd'])
    expect([id, dirname(ledgerFolder('/root', id))]).toEqual([id, '/root']);
  const id = fc.string({ minLength: 1, unit: fc.constantFrom('.', '/', '%', '2', 'E', 'a') });
  fc.assert(
    fc.property(id, id, (one, other) => {
      expect(dirname(ledgerFolder('/root', one))).toBe('/root');
      expect(basename(ledgerFolder('/root', one))).not.toMatch(/^\./);
      if (one !== other) expect(ledgerFolder('/root', one)).not.toBe(ledgerFolder('/root', other));
    }),
    { numRuns: 2000 },
  );
});

it('gives the same data no second budget, under another name or beside themselves', async () => {
  const [dataDir, folder] = [csvFolder({ north: 24, south: 20 }), mkdtempSync(join(tmpdir(), 'fedward-ledgers-'))];
  onTestFinished(() => [dataDir, folder].forEach((path) => rmSync(path, { recursive: true })));
  const privacy = { privacy: 'central', epsilon: 5, delta: 1e-5, ledger: join(folder, 'ledgers') } as const;
  const options = { scenario: 'csv', dataDir, rounds: 1, local: false, workers: 1, ...privacy } as const;
  await simulate(options, join(folder, 'first'));
  renameSync(join(dataDir, 'north.csv'), join(dataDir, 'east.csv'));
  await expect(simulate(options, join(folder, 'second'))).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    message: expect.stringMatching(/have a ledger already.*csv\/north/),
  });
  cpSync(join(dataDir, 'east.csv'), join(dataDir, 'north.csv'));
  const ledger = join(folder, 'others');
  await expect(simulate({ ...options, ledger }, join(folder, 'third'))).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    message: expect.stringMatching(/east and north have the very same data/),
  });
});

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from './open.js';
import { readLedger } from './report.js';
import { sealed } from './seal.js';
import { chargeOf, inDirectory, options } from './testing/ledgers.js';

/** A ledger with four releases. */
async function written(directory: string): Promise<void> {
  const ledger = await openLedger(directory, options);
  for (let round = 0; round < 4; round++) await ledger.charge(chargeOf(round));
}

/** Of release n; 0 is the terms. */
const file = (directory: string, n: number): string =>
  n === 0 ? join(directory, 'ledger.json') : join(directory, 'releases', `0000000${n}.json`);

/** Changes a few bytes, as someone with an editor would. */
async function edit(path: string, was: string, is: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  expect(text).toContain(was);
  await writeFile(path, text.replace(was, is));
}

/** Changes members and seals the file again, as someone who knows the format would. */
async function forge(path: string, changes: object): Promise<void> {
  const { hash, ...was } = JSON.parse(await readFile(path, 'utf8')) as { hash: string };
  await writeFile(path, sealed({ ...was, ...changes }).text);
}

async function swap(a: string, b: string): Promise<void> {
  await rename(a, `${a}.aside`);
  await rename(b, a);
  await rename(`${a}.aside`, b);
}

describe('a ledger that was changed', () => {
  const cheaper = { type: 'gaussian', noiseMultiplier: 1000 };
  const changes: [string, number, (directory: string) => Promise<unknown>][] = [
    ['an event made cheaper', 2, (directory) => edit(file(directory, 2), ':10,', ':99,')],
    ['the last event made cheaper', 4, (directory) => edit(file(directory, 4), ':10,', ':99,')],
    ['a run blamed for another', 1, (directory) => edit(file(directory, 1), 'run-1', 'run-2')],
    ['a larger budget', 0, (directory) => edit(join(directory, 'ledger.json'), '"budget":1,', '"budget":9,')],
    ['a forged event', 3, (directory) => forge(file(directory, 2), { event: cheaper })],
    ['a forged number', 4, (directory) => forge(file(directory, 4), { index: 5 })],
    ['a file taken out', 2, (directory) => rm(file(directory, 2))],
    ['the first files taken out', 1, (directory) => Promise.all([1, 2].map((n) => rm(file(directory, n))))],
    ['a file taken out and the later ones moved up', 2, (directory) => rename(file(directory, 4), file(directory, 2))],
    ['two files that changed places', 2, (directory) => swap(file(directory, 2), file(directory, 3))],
    ['white space added', 3, async (directory) => writeFile(file(directory, 3), '\n', { flag: 'a' })],
    ['a file cut short', 2, (directory) => writeFile(file(directory, 2), '{"event":')],
    ['an empty file', 4, (directory) => writeFile(file(directory, 4), '')],
    ['a member too many', 4, (directory) => forge(file(directory, 4), { note: '' })],
    ['a composition of nothing', 4, (directory) => forge(file(directory, 4), { event: { type: 'composed' } })],
    ['a forged budget', 1, (directory) => forge(join(directory, 'ledger.json'), { budget: 100 })],
    [
      'the terms written anew',
      1,
      async (directory) => {
        await rm(join(directory, 'ledger.json'));
        await openLedger(join(directory, 'other'), options);
        await rename(join(directory, 'other', 'ledger.json'), join(directory, 'ledger.json'));
      },
    ],
  ];
  it.each(changes)('(%s) is found at file %i, and charges nothing more', (_name, line, change) =>
    inDirectory(async (directory) => {
      await written(directory);
      await change(directory);
      const damage = { code: 'LEDGER_DAMAGED', subject: file(directory, line) };
      await expect(openLedger(directory, { ...options, budget: undefined })).rejects.toMatchObject(damage);
      if (line === 0) return void (await expect(readLedger(directory)).rejects.toMatchObject(damage));
      const report = await readLedger(directory);
      expect(report.fault).toMatchObject({ path: file(directory, line), message: expect.stringContaining('damaged') });
      expect(report).toMatchObject({ releases: line - 1, epsilon: null, left: null });
    }),
  );

  it.each([['{'], ['{}'], ['null'], ['']])('in its terms (%j) is named', (text) =>
    inDirectory(async (directory) => {
      await written(directory);
      await writeFile(join(directory, 'ledger.json'), text);
      const damage = { code: 'LEDGER_DAMAGED', subject: join(directory, 'ledger.json') };
      await expect(openLedger(directory, options)).rejects.toMatchObject(damage);
      await expect(readLedger(directory)).rejects.toMatchObject(damage);
    }),
  );

  it('while a run has it open is found by the next charge that meets it, and by whoever opens it', () =>
    inDirectory(async (directory) => {
      await written(directory);
      const ledger = await openLedger(directory, options);
      const other = await openLedger(directory, options);
      await other.charge(chargeOf(4));
      await edit(file(directory, 5), ':10,', ':99,');
      await expect(ledger.charge(chargeOf(5))).rejects.toMatchObject({
        code: 'LEDGER_DAMAGED',
        subject: file(directory, 5),
      });
      await expect(openLedger(directory, options)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' });
    }));

  it('at its end looks whole, but not beside a hash that was kept', () =>
    inDirectory(async (directory) => {
      await written(directory);
      const { head } = await readLedger(directory);
      const more = await openLedger(directory, options);
      await more.charge(chargeOf(4));
      expect((await readLedger(directory)).heads).toContain(head); // it has grown
      await rm(file(directory, 5));
      await rm(file(directory, 4));
      const cut = await readLedger(directory);
      expect(cut).toMatchObject({ releases: 3, fault: null }); // a chain alone can't tell
      expect(cut.heads).not.toContain(head);
      expect(cut.head).toBe(cut.heads.at(-1));
    }));

  it('is not mistaken for one in which something else lies about', () =>
    inDirectory(async (directory) => {
      await written(directory);
      await writeFile(join(directory, 'releases', '.draft-1-abc'), '{');
      await writeFile(join(directory, 'releases', '00000009.json~'), '{');
      await mkdir(join(directory, 'notes'));
      expect(await readLedger(directory)).toMatchObject({ releases: 4, fault: null });
    }));
});

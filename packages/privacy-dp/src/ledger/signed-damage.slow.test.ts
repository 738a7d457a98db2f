import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNote, rotationOf, signNote, verifierOf } from '@fedward/kit-keys';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amendmentOf } from './amendments.js';
import { appendAmendment } from './entries.js';
import { pathsIn } from './files.js';
import { openLedger } from './open.js';
import { readLedger } from './report.js';
import { sealed } from './seal.js';
import { trustedKey } from './signatures.js';
import {
  chargeOf,
  checkpointFile,
  entryFile,
  inDirectory,
  options,
  signerOfTest,
  writeSigned,
} from './testing/ledgers.js';

const signer = signerOfTest();
const signed = { ...options, signer };
const known = [verifierOf(signer.verifierKey)];

describe('a signed ledger that was changed', () => {
  /** Changes members and seals the file again, as someone who knows the format would. */
  async function forge(path: string, changes: object): Promise<void> {
    const { hash, ...was } = JSON.parse(await readFile(path, 'utf8')) as { hash: string };
    await writeFile(path, sealed({ ...was, ...changes }).text);
  }
  const cheap = { event: { type: 'gaussian', noiseMultiplier: 1000 } };
  const changes: [string, (directory: string) => Promise<unknown>, (directory: string) => string][] = [
    ['its last entry forged, with its hash', (d) => forge(entryFile(d, 4), cheap), (d) => checkpointFile(d, 4)],
    ['its last entry gone, and not its signature', (d) => rm(entryFile(d, 4)), (d) => entryFile(d, 4)],
    ['a signature taken out', (d) => rm(checkpointFile(d, 3)), (d) => checkpointFile(d, 3)],
    ['its first signature taken out', (d) => rm(checkpointFile(d, 1)), (d) => checkpointFile(d, 1)],
    [
      'all signatures taken out',
      (d) => Promise.all([1, 2, 3, 4].map((n) => rm(checkpointFile(d, n)))),
      (d) => checkpointFile(d, 1),
    ],
    [
      'a signature of an earlier moment',
      (d) => rename(checkpointFile(d, 3), checkpointFile(d, 4)),
      (d) => checkpointFile(d, 3),
    ],
    [
      'a signature by another key',
      async (d) => {
        const { text } = openNote(await readFile(checkpointFile(d, 4), 'utf8'), known);
        await writeFile(checkpointFile(d, 4), signNote(text, signerOfTest('2')));
      },
      (d) => checkpointFile(d, 4),
    ],
    [
      'another key named, with its hash',
      (d) => forge(entryFile(d, 1), { amends: { verifierKey: signerOfTest('2').verifierKey } }),
      (d) => checkpointFile(d, 1),
    ],
  ];
  it.each(changes)('(%s) is found, and charges nothing more', (_name, change, where) =>
    inDirectory(async (directory) => {
      await writeSigned(directory);
      await change(directory);
      expect((await readLedger(directory)).fault).toMatchObject({ path: where(directory) });
      const damage = { code: 'LEDGER_DAMAGED', subject: where(directory) };
      await expect(openLedger(directory, signed)).rejects.toMatchObject(damage);
    }),
  );

  it.each([
    ['a second key', { verifierKey: signerOfTest('2').verifierKey }, /second key/],
    ['a key that is none', { verifierKey: 'north' }, /second key|verifier key/],
    ['a second digest of data', { dataDigest: `sha256:${'b'.repeat(64)}` }, /twice/],
    [
      'a rotation of another key',
      { rotations: [rotationOf(signerOfTest('2'), signerOfTest('3'), '2026-01-01T00:00:00Z').statement] },
      /not of the key/,
    ],
    ['a rotation that nobody has signed', { rotations: ['x'] }, /not a statement/],
  ])('into one that says %s is found', (_name, amends, why) =>
    inDirectory(async (directory) => {
      const bound = await openLedger(directory, { ...signed, dataDigest: `sha256:${'a'.repeat(64)}` });
      const paths = pathsIn(directory);
      expect(await appendAmendment(paths, bound.head, amendmentOf(amends, '2026-01-01T00:00:00Z'))).toBeDefined();
      expect((await readLedger(directory)).fault?.message).toMatch(why);
      await expect(openLedger(directory, signed)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' });
    }),
  );

  it('into one with signatures and no key is found', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      await ledger.charge(chargeOf(0));
      await writeFile(checkpointFile(directory, 1), signNote('x\n', signer));
      expect((await readLedger(directory)).fault).toMatchObject({
        path: checkpointFile(directory, 1),
        message: expect.stringContaining('has named no key'),
      });
    }));

  it('by any bit of any of its files is found', () =>
    inDirectory(async (directory) => {
      await writeSigned(directory, { dataDigest: `sha256:${'a'.repeat(64)}` });
      const names = (await readdir(join(directory, 'releases'))).map((name) => join('releases', name));
      const files = ['ledger.json', ...names].map((name) => join(directory, name));
      expect(files).toHaveLength(9);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...files), fc.nat(), async (path, at) => {
          const before = await readFile(path);
          const bytes = Buffer.from(before);
          const bit = at % (8 * bytes.length);
          bytes[bit >> 3]! ^= 1 << (bit & 7);
          await writeFile(path, bytes);
          const found = await readLedger(directory).then(
            ({ fault }) => fault?.path,
            (error: { code?: string; subject?: string }) =>
              error.code === 'LEDGER_DAMAGED' ? error.subject : undefined,
          );
          await writeFile(path, before);
          // Where two files contradict each other, either may be named.
          expect(found).toBeDefined();
        }),
        { numRuns: 150 },
      );
      expect((await readLedger(directory)).fault).toBeNull();
    }));

  it('into one that claims a key which has signed nothing, is trusted by nobody', () =>
    inDirectory(async (directory) => {
      await openLedger(directory, signed);
      await rm(checkpointFile(directory, 1));
      const { signature, fault } = await readLedger(directory);
      expect(fault).toBeNull();
      expect(signature).toMatchObject({ checkpoint: null, unsigned: 1, size: 0 });
      expect(trustedKey(signature, known)).toBeUndefined();
      expect(trustedKey(null, known)).toBeUndefined();
    }));
});

import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNote, rotationOf, signNote, verifierOf } from '@fedward/kit-keys';
import { leafHash, verifyInclusion } from '@fedward/kit-merkle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLedger } from './open.js';
import { proveCharge } from './prove.js';
import { readLedger } from './report.js';
import { sealed } from './seal.js';
import { trustedKey } from './signatures.js';
import { chargeOf, inDirectory, options, signerOfTest } from './testing/ledgers.js';

const signer = signerOfTest();
const signed = { ...options, signer };
const known = [verifierOf(signer.verifierKey)];

const entry = (directory: string, n: number): string => join(directory, 'releases', `0000000${n}.json`);
const checkpoint = (directory: string, n: number): string => join(directory, 'releases', `0000000${n}.checkpoint`);

/** Three charges; the entry before them says who signs. */
async function written(directory: string): Promise<void> {
  const ledger = await openLedger(directory, signed);
  for (let round = 0; round < 3; round++) await ledger.charge(chargeOf(round));
}

describe('a signed ledger', () => {
  it('has a signed checkpoint over all that is in it, behind each entry', () =>
    inDirectory(async (directory) => {
      await written(directory);
      const { signature, releases, fault } = await readLedger(directory);
      expect({ releases, fault }).toEqual({ releases: 3, fault: null });
      expect(signature).toMatchObject({ keys: [signer.verifierKey], size: 5, unsigned: 0 });
      expect(signature!.origin).toMatch(/^north\/cardiology\/ledger\/[0-9a-f]{16}$/);
      expect(await readFile(checkpoint(directory, 4), 'utf8')).toBe(signature!.checkpoint);
      const { text } = openNote(signature!.checkpoint!, known);
      expect(text.split('\n').slice(0, 2)).toEqual([signature!.origin, '5']);
      expect(trustedKey(signature, known)).toBe(signer.verifierKey);
      expect(trustedKey(signature, [verifierOf(signerOfTest('2').verifierKey)])).toBeUndefined();
      // Its random id keeps the digest of the data from being tried out, and is in no checkpoint.
      const { id } = JSON.parse(await readFile(join(directory, 'ledger.json'), 'utf8')) as { id: string };
      expect(signature!.checkpoint).not.toContain(id.slice(0, 16));
    }));

  it('proves each of its charges to whoever has its verifier key', () =>
    inDirectory(async (directory) => {
      await written(directory);
      for (const index of [2, 3, 4]) {
        const { entry: leaf, proof } = await proveCharge(directory, index);
        expect(leaf).toBe(await readFile(entry(directory, index), 'utf8'));
        const [head, ...rest] = proof.split('\n\n');
        const [version, place, ...hashes] = head!.split('\n');
        expect([version, place]).toEqual(['c2sp.org/tlog-proof@v1', `index ${index}`]);
        const [, size, root] = openNote(rest.join('\n\n'), known).text.split('\n');
        const hex = (text: string): string => Buffer.from(text, 'base64').toString('hex');
        const claim = { index, size: Number(size), proof: hashes.map(hex), root: hex(root!) };
        expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from(leaf)) })).toBe(true);
        expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from(leaf.trim())) })).toBe(false);
      }
      for (const index of [-1, 0, 1, 5, 1.5, NaN])
        await expect(proveCharge(directory, index)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      await expect(proveCharge(join(directory, 'none'), 1)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    }));

  it('is not continued without its key', () =>
    inDirectory(async (directory) => {
      await written(directory);
      const refused = { code: 'CONFIG_INCOMPATIBLE', subject: 'signer' };
      await expect(openLedger(directory, options)).rejects.toMatchObject(refused);
      await expect(openLedger(directory, { ...options, signer: signerOfTest('2') })).rejects.toMatchObject(refused);
      await expect(openLedger(directory, { ...options, signer: signerOfTest('1', 'south') })).rejects.toMatchObject(
        refused,
      );
      expect((await readLedger(directory)).head).toBe((await openLedger(directory, signed)).head.hash);
    }));

  it('made without a key is signed from the first opening with one on, all that was before too', () =>
    inDirectory(async (directory) => {
      const before = await openLedger(directory, options);
      await before.charge(chargeOf(0));
      expect((await readLedger(directory)).signature).toBeNull();
      await expect(proveCharge(directory, 1)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'signer' });
      const ledger = await openLedger(directory, signed);
      expect(ledger.signature).toMatchObject({ size: 3, unsigned: 0 });
      expect((await proveCharge(directory, 1)).proof).toContain('index 1\n');
      // The process that had it open before meets the signature, and charges no more.
      await expect(before.charge(chargeOf(1))).rejects.toMatchObject({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'signer',
      });
      await ledger.charge(chargeOf(1));
      expect(await readLedger(directory)).toMatchObject({ releases: 2, fault: null, signature: { size: 4 } });
    }));

  it('goes on under another key where that took the place of the first', () =>
    inDirectory(async (directory) => {
      const [second, third] = [signerOfTest('2'), signerOfTest('3')];
      const rotations = [
        rotationOf(second, third, '2026-01-02T00:00:00Z').statement,
        rotationOf(signer, second, '2026-01-01T00:00:00Z').statement,
      ];
      await written(directory);
      const old = await openLedger(directory, signed);
      await expect(openLedger(directory, { ...options, signer: second })).rejects.toMatchObject({ subject: 'signer' });
      const ledger = await openLedger(directory, { ...options, signer: third, rotations });
      await ledger.charge(chargeOf(3));
      const { signature, fault, releases } = await readLedger(directory);
      expect({ fault, releases }).toEqual({ fault: null, releases: 4 });
      expect(signature!.keys).toEqual([signer, second, third].map(({ verifierKey }) => verifierKey));
      expect(openNote(signature!.checkpoint!, [verifierOf(third.verifierKey)]).verified).toHaveLength(1);
      expect(trustedKey(signature, known)).toBe(signer.verifierKey);
      await expect(old.charge(chargeOf(4))).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'signer' });
      const back = { ...options, signer, rotations };
      await expect(openLedger(directory, back)).rejects.toMatchObject({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'signer',
      });
    }));

  it('whose key is gone, and which has an entry that it has not signed, is signed by the next', () =>
    inDirectory(async (directory) => {
      await written(directory);
      await rm(checkpoint(directory, 4));
      const second = signerOfTest('2');
      const rotations = [rotationOf(signer, second, '2026-01-01T00:00:00Z').statement];
      await openLedger(directory, { ...options, signer: second, rotations });
      expect(await readLedger(directory)).toMatchObject({
        fault: null,
        releases: 3,
        signature: { size: 6, unsigned: 0 },
      });
      expect((await proveCharge(directory, 4)).proof).toContain('index 4\n');
    }));

  it('takes charges of several processes, whose signatures are one', () =>
    inDirectory(async (directory) => {
      const ledgers = await Promise.all([1, 2, 3].map(() => openLedger(directory, { ...signed, budget: 2 })));
      await Promise.all(
        ledgers.flatMap((ledger, n) => [0, 1, 2].map((round) => ledger.charge(chargeOf(3 * n + round)))),
      );
      expect(await readLedger(directory)).toMatchObject({
        fault: null,
        releases: 9,
        signature: { size: 11, unsigned: 0 },
      });
    }));
});

describe('a signed ledger that was changed', () => {
  /** Changes members and seals the file again, as someone who knows the format would. */
  async function forge(path: string, changes: object): Promise<void> {
    const { hash, ...was } = JSON.parse(await readFile(path, 'utf8')) as { hash: string };
    await writeFile(path, sealed({ ...was, ...changes }).text);
  }
  const cheap = { event: { type: 'gaussian', noiseMultiplier: 1000 } };
  const changes: [string, (directory: string) => Promise<unknown>, (directory: string) => string][] = [
    ['its last entry forged, with its hash', (d) => forge(entry(d, 4), cheap), (d) => checkpoint(d, 4)],
    ['its last entry gone, and not its signature', (d) => rm(entry(d, 4)), (d) => entry(d, 4)],
    ['a signature taken out', (d) => rm(checkpoint(d, 3)), (d) => checkpoint(d, 3)],
    ['its first signature taken out', (d) => rm(checkpoint(d, 1)), (d) => checkpoint(d, 1)],
    [
      'all signatures taken out',
      (d) => Promise.all([1, 2, 3, 4].map((n) => rm(checkpoint(d, n)))),
      (d) => checkpoint(d, 1),
    ],
    ['a signature of an earlier moment', (d) => rename(checkpoint(d, 3), checkpoint(d, 4)), (d) => checkpoint(d, 3)],
    [
      'a signature by another key',
      async (d) => {
        const { text } = openNote(await readFile(checkpoint(d, 4), 'utf8'), known);
        await writeFile(checkpoint(d, 4), signNote(text, signerOfTest('2')));
      },
      (d) => checkpoint(d, 4),
    ],
    [
      'another key named, with its hash',
      (d) => forge(entry(d, 1), { amends: { verifierKey: signerOfTest('2').verifierKey } }),
      (d) => checkpoint(d, 1),
    ],
  ];
  it.each(changes)('(%s) is found, and charges nothing more', (_name, change, where) =>
    inDirectory(async (directory) => {
      await written(directory);
      await change(directory);
      expect((await readLedger(directory)).fault).toMatchObject({ path: where(directory) });
      const damage = { code: 'LEDGER_DAMAGED', subject: where(directory) };
      await expect(openLedger(directory, signed)).rejects.toMatchObject(damage);
    }),
  );

  it('by any bit of any of its files is found', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, { ...signed, dataDigest: `sha256:${'a'.repeat(64)}` });
      for (let round = 0; round < 3; round++) await ledger.charge(chargeOf(round));
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
      await rm(checkpoint(directory, 1));
      const { signature, fault } = await readLedger(directory);
      expect(fault).toBeNull();
      expect(signature).toMatchObject({ checkpoint: null, unsigned: 1, size: 0 });
      expect(trustedKey(signature, known)).toBeUndefined();
      expect(trustedKey(null, known)).toBeUndefined();
    }));
});

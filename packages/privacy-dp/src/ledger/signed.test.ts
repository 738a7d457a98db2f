import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openNote, rotationOf, verifierOf } from '@fedward/kit-keys';
import { leafHash, verifyInclusion } from '@fedward/kit-merkle';
import { describe, expect, it } from 'vitest';
import { openLedger, previewLedger } from './open.js';
import { proveCharge } from './prove.js';
import { readLedger } from './report.js';
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

describe('a signed ledger', () => {
  it('has a signed checkpoint over all that is in it, behind each entry', () =>
    inDirectory(async (directory) => {
      await writeSigned(directory);
      const { signature, releases, fault } = await readLedger(directory);
      expect({ releases, fault }).toEqual({ releases: 3, fault: null });
      expect(signature).toMatchObject({ keys: [signer.verifierKey], size: 5, unsigned: 0 });
      expect(signature!.origin).toMatch(/^north\/cardiology\/ledger\/[0-9a-f]{16}$/);
      expect(await readFile(checkpointFile(directory, 4), 'utf8')).toBe(signature!.checkpoint);
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
      await writeSigned(directory);
      for (const index of [2, 3, 4]) {
        const { entry: leaf, proof } = await proveCharge(directory, index);
        expect(leaf).toBe(await readFile(entryFile(directory, index), 'utf8'));
        const [head, ...rest] = proof.split('\n\n');
        const [version, place, ...hashes] = head!.split('\n');
        expect([version, place]).toEqual(['c2sp.org/tlog-proof@v1', `index ${index}`]);
        const [, size, root] = openNote(rest.join('\n\n'), known).text.split('\n');
        const hex = (text: string): string => Buffer.from(text, 'base64').toString('hex');
        const claim = { index, size: Number(size), proof: hashes.map(hex), root: hex(root!) };
        expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from(leaf)) })).toBe(true);
        expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from(leaf.trim())) })).toBe(false);
      }
      await rm(checkpointFile(directory, 4)); // it is not signed yet
      for (const index of [-1, 0, 1, 4, 5, 1.5, NaN])
        await expect(proveCharge(directory, index)).rejects.toThrow(/is no signed charge/);
      await expect(proveCharge(join(directory, 'none'), 1)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    }));

  it('is not continued without its key', () =>
    inDirectory(async (directory) => {
      await writeSigned(directory);
      const refused = { code: 'CONFIG_INCOMPATIBLE', subject: 'signer' };
      await expect(openLedger(directory, options)).rejects.toMatchObject(refused);
      await expect(openLedger(directory, { ...options, signer: signerOfTest('2') })).rejects.toMatchObject(refused);
      await expect(openLedger(directory, { ...options, signer: signerOfTest('1', 'south') })).rejects.toMatchObject(
        refused,
      );
      expect((await readLedger(directory)).head).toBe((await openLedger(directory, signed)).head.hash);
    }));

  it('is not priced for who may not charge it', () =>
    inDirectory(async (directory) => {
      await writeSigned(directory);
      const none = { type: 'none' } as const;
      for (const others of [options, { ...options, signer: signerOfTest('2') }])
        await expect(previewLedger(directory, others, none)).rejects.toMatchObject({
          ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'signer' },
        });
      expect((await previewLedger(directory, signed, none)).terms.budget).toBe(options.budget);
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
      await writeSigned(directory);
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
      await writeSigned(directory);
      await rm(checkpointFile(directory, 4));
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

import { followRotations, verifierOf } from '@fedward/kit-keys';
import { parseCheckpoint, verifyConsistency } from '@fedward/kit-merkle';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditLog } from './open.js';
import { openEntryProof, proveEntry } from './prove.js';
import { readAuditLog } from './read.js';
import { eventsOf } from './testing/crashed.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner, textsOf, writeLog } from './testing/fixtures.js';
import { writeLineLog } from './testing/line-log.js';
import { verifyAuditLog } from './verify.js';

const signer = testSigner();
const keys = [signer.verifierKey];
const now = () => '2026-02-03T04:05:06.000Z';

describe('a log that is signed', () => {
  it('says first who writes it', () =>
    inDirectory(async (directory) => {
      const operator = testSigner('j.doe').verifierKey;
      const software = [{ name: '@fedward/core', version: '0.1.0' }];
      const log = await openAuditLog(directory, { signer, role: 'site', software, operator, now, runId: 'run-7' });
      expect(log.verifierKey).toBe(signer.verifierKey);
      await log.close();
      expect(await eventsOf(directory)).toEqual([
        {
          type: 'log-opened',
          time: now(),
          runId: 'run-7',
          details: { role: 'site', software, operator, key: signer.verifierKey },
        },
      ]);
    }));

  it('signs each head, shows that it grew, and proves each entry', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { signer, fsync: false });
      const heads = [(await log.head())!];
      for (let n = 0; n < 3; n++) {
        await Promise.all(Array.from({ length: 200 }, (_, i) => log.append(sampleEvent(200 * n + i))));
        heads.push((await log.head(heads.map(({ index }) => index + 1)))!);
      }
      const last = heads.at(-1)!;
      expect(last.index).toBe(600);
      expect(parseCheckpoint(last.checkpoint!)).toEqual({ origin: signer.name, size: 601, root: last.root });
      expect(last.grown!.map(({ size }) => size)).toEqual([1, 201, 401]);
      for (const [n, { size, proof }] of last.grown!.entries()) {
        const claim = { firstSize: size, firstRoot: heads[n]!.root, secondSize: 601, secondRoot: last.root };
        expect(verifyConsistency({ ...claim, proof })).toBe(true);
      }
      const proofs = await Promise.all(Array.from({ length: 601 }, (_, index) => log.prove(index)));
      for (const [index, proof] of proofs.entries())
        expect(openEntryProof(proof, keys)).toMatchObject({ index, checkpoint: { size: 601 } });
      expect(openEntryProof(proofs[5]!, keys).event).toEqual(sampleEvent(4));
      for (const index of [601, -1, 0.5])
        await expect(log.prove(index)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      await log.close();
      expect(await verifyAuditLog(directory, { keys })).toMatchObject({
        ok: true,
        version: 2,
        signatures: [{ verifierKey: signer.verifierKey, from: 1, trusted: true }],
      });
    }));

  it('proves entries from what is on disk, open or closed, of any version', () =>
    inDirectory(async (parent) => {
      const directory = join(parent, 'log');
      const log = await openAuditLog(directory, { signer, fsync: false });
      await Promise.all(Array.from({ length: 5000 }, (_, n) => log.append(sampleEvent(n))));
      await log.append(sampleEvent(5000));
      for (const index of [0, 255, 256, 4095, 4096, 5001])
        expect(openEntryProof(await proveEntry(directory, index), keys).index).toBe(index);
      await log.close();
      for (const index of [0, 255, 256, 4095, 4096, 5001]) {
        const proof = await proveEntry(directory, index);
        expect(openEntryProof(proof, keys).index).toBe(index);
        expect(() => openEntryProof(proof, [testSigner('another').verifierKey])).toThrow(/none of the keys/);
        const forged = proof.entry.replace('run-1', 'run-2').replace('unknown', 'run-2');
        expect(() => openEntryProof({ ...proof, entry: forged }, keys)).toThrow(/not entry/);
      }
      await expect(proveEntry(directory, 5002)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      await writeLineLog(join(parent, 'old'), 9);
      const { proof, entry } = await proveEntry(join(parent, 'old'), 4);
      expect(entry).toContain('"index":4');
      expect(proof).toContain('unsigned\n9\n');
    }));

  it('is opened by its own key alone', () =>
    inDirectory(async (directory) => {
      await writeLog(directory, 3, { signer });
      const before = filesIn(directory);
      const refused = { code: 'SIGNATURE_INVALID', subject: directory };
      await expect(openAuditLog(directory, { signer: testSigner('another') })).rejects.toMatchObject(refused);
      await expect(openAuditLog(directory)).rejects.toMatchObject(refused);
      expect(textsOf(filesIn(directory))).toEqual(textsOf(before));
    }));

  it('may begin unsigned, and is signed from then on', () =>
    inDirectory(async (directory) => {
      await writeLog(directory, 3);
      await writeLog(directory, 3, { signer });
      expect(await verifyAuditLog(directory, { keys })).toMatchObject({
        ok: true,
        size: 7,
        signatures: [{ from: 4, trusted: true }],
      });
    }));

  it('hands over to another key of the same name, and says so', () =>
    inDirectory(async (directory) => {
      const [next, last] = ['second', 'third'].map((secret) => testSigner(signer.name, secret));
      const log = await openAuditLog(directory, { signer, now, fsync: false });
      await log.append(sampleEvent(1));
      await expect(log.rotate(testSigner('another'))).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      await Promise.all([log.append(sampleEvent(2)), log.rotate(next!), log.append(sampleEvent(3))]);
      expect(log.verifierKey).toBe(next!.verifierKey);
      expect((await verifyAuditLog(directory)).faults).toEqual([]); // each group in the journal is by its key
      await log.append(sampleEvent(4));
      expect((await log.head())!.checkpoint).toContain(signatureStart(next!));
      await log.close();
      await expect(openAuditLog(directory, { signer })).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
      const again = await openAuditLog(directory, { signer: next!, fsync: false });
      await again.rotate(last!);
      await again.close();
      const rotations = (await eventsOf(directory)).filter(({ type }) => type === 'key-rotated');
      const keys = [signer, next!, last!].map(({ verifierKey }) => verifierKey);
      expect(rotations.map(({ details }) => [details['from'], details['to']])).toEqual([
        [keys[0], keys[1]],
        [keys[1], keys[2]],
      ]);
      const statements = rotations.map(({ details }) => String(details['statement']));
      expect(followRotations(keys[0]!, statements).map(({ verifierKey }) => verifierKey)).toEqual(keys);
      const trusted = async (key: string) => (await verifyAuditLog(directory, { keys: [key] })).signatures;
      expect((await trusted(signer.verifierKey)).map((one) => one.trusted)).toEqual([true, true, true]);
      expect((await trusted(next!.verifierKey)).map((one) => one.trusted)).toEqual([false, true, true]);
      const { ok, faults } = await verifyAuditLog(directory, { keys: [testSigner('another').verifierKey] });
      expect({ ok, faults }).toMatchObject({ ok: false, faults: [{ file: 'checkpoint' }] });
    }));

  it('takes none of the entries that are its own to add', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { signer, fsync: false });
      for (const type of ['log-opened', 'key-rotated', 'log-pruned'] as const)
        await expect(log.append({ ...sampleEvent(1), type })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      await log.close();
    }));

  it('keeps details that are too long for a bundle beside it, and looks after them', () =>
    inDirectory(async (directory) => {
      const long = { ...sampleEvent(1), details: { text: 'ü'.repeat(40_000), n: 1 } };
      const log = await openAuditLog(directory, { signer });
      await log.append(long);
      await log.append({ ...long, details: { text: 'x'.repeat(65_000) } });
      expect((await eventsOf(directory))[1]).toEqual(long); // while it is open
      expect((await verifyAuditLog(directory)).ok).toBe(true);
      await log.close();
      expect((await eventsOf(directory))[1]).toEqual(long);
      const files = filesIn(directory);
      const asides = [...files.keys()].filter((path) => path.startsWith('details/'));
      expect(asides).toHaveLength(1);
      for (const spoilt of [Buffer.from('{}'), undefined]) {
        const changed = new Map(files);
        if (spoilt) changed.set(asides[0]!, spoilt);
        else changed.delete(asides[0]!);
        putFiles(directory, changed);
        expect((await verifyAuditLog(directory)).faults).toMatchObject([{ file: asides[0], index: 1 }]);
        await expect(eventsOf(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      }
      putFiles(directory, files);
      await expect(
        openAuditLog(directory, { signer }).then(async (again) => {
          await again.append({ ...long, runId: 'x'.repeat(70_000) }).finally(() => again.close());
        }),
      ).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    }));

  it('is read while it is written to, over many bundles', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { signer, fsync: false });
      let acknowledged = 1;
      const writing = Promise.all(
        Array.from({ length: 40 }, async () => {
          for (let n = 0; n < 125; n++) {
            await log.append(sampleEvent(n));
            acknowledged += 1;
          }
        }),
      );
      for (let done = false; !done; void writing.then(() => (done = true))) {
        const before = acknowledged;
        let count = 0;
        for await (const { index } of readAuditLog(directory)) expect(index).toBe(count++);
        expect(count).toBeGreaterThanOrEqual(before);
        if (count === 5001) break;
      }
      await writing;
      await log.close();
      expect(await verifyAuditLog(directory, { keys })).toMatchObject({ ok: true, size: 5001 });
    }));
});

function signatureStart({ name, verifierKey }: { readonly name: string; readonly verifierKey: string }): string {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(verifierOf(verifierKey).keyId);
  return `\u2014 ${name} ${id.toString('base64').slice(0, 5)}`;
}

import type { AuditHead } from '@fedward/core';
import { openNote, signNote, verifierOf } from '@fedward/kit-keys';
import { cosignaturesOf, formatCheckpoint } from '@fedward/kit-merkle';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readWitness } from './noted.js';
import { openAuditLog } from './open.js';
import { interceptDisk, refuse, restoreDisk } from './testing/disk.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner } from './testing/fixtures.js';
import { writeAnew } from './testing/tamper.js';
import { verifyAuditLog } from './verify.js';
import { openWitness, type FileWitness } from './witness.js';

const server = testSigner('coordinator');
const site = testSigner('hospital-1');
const now = () => '2026-02-03T04:05:06.000Z';
const known = (who: string) => (who === 'coordinator' ? server.verifierKey : undefined);

afterEach(restoreDisk);

/** A server's log, and a site that looks at it after so many events. */
async function watched(
  directory: string,
  counts: readonly number[],
): Promise<{ heads: AuditHead[]; witness: FileWitness }> {
  const log = await openAuditLog(join(directory, 'log'), { signer: server, now, fsync: false });
  const witness = await openWitness(join(directory, 'heads.jsonl'), { signer: site, known, now });
  const heads: AuditHead[] = [];
  for (const count of counts) {
    while (log.size < count) await log.append(sampleEvent(log.size));
    const head = (await log.head([await witness.seen('coordinator')]))!;
    await witness.note('coordinator', head);
    heads.push(head);
  }
  await log.close();
  return { heads, witness };
}

describe('a witness', () => {
  it('keeps what it has cosigned, for its owner alone and for who looks later', () =>
    inDirectory(async (directory) => {
      const { heads, witness } = await watched(directory, [3, 300, 301]);
      await witness.close();
      const path = join(directory, 'heads.jsonl');
      const noted = await readWitness(path);
      expect(noted.map(({ who, size, time }) => [who, size, time])).toEqual(
        [3, 300, 301].map((size) => ['coordinator', size, now()]),
      );
      for (const [n, { checkpoint, cosignature }] of noted.entries()) {
        const note = checkpoint + cosignature;
        expect(checkpoint).toBe(heads[n]!.checkpoint);
        expect(openNote(note, [verifierOf(server.verifierKey)]).verified).toHaveLength(1);
        expect(cosignaturesOf(note, [verifierOf(site.verifierKey)])).toEqual([
          { name: 'hospital-1', time: Date.parse(now()) / 1000 },
        ]);
      }
      if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
      const again = await openWitness(path, { signer: site, known });
      expect(await again.seen('coordinator')).toBe(301);
      expect(again.heads('coordinator')).toEqual(noted);
      expect(again.heads('hospital-9')).toEqual([]);
      await again.close();
    }));

  it('shows a log that its owner wrote anew, with the right key and nothing to be seen in it', () =>
    inDirectory(async (directory) => {
      const { witness } = await watched(directory, [3, 500]);
      const heads = witness.heads().map(({ checkpoint, cosignature }) => checkpoint + cosignature);
      expect(await verifyAuditLog(join(directory, 'log'), { heads })).toMatchObject({ ok: true });
      const events = Array.from({ length: 499 }, (_, n) => sampleEvent(n + 1));
      const forged = { ...events[400]!, details: { samples: 1 } };
      await writeAnew(join(directory, 'log'), events.with(400, forged), { signer: server, now });
      const trusted = { keys: [server.verifierKey] };
      expect(await verifyAuditLog(join(directory, 'log'), trusted)).toMatchObject({ ok: true, size: 500 });
      const { faults } = await verifyAuditLog(join(directory, 'log'), { ...trusted, heads });
      expect(faults).toMatchObject([{ message: expect.stringContaining('by coordinator, hospital-1') }]);
      const log = await openAuditLog(join(directory, 'log'), { signer: server, fsync: false });
      const head = (await log.head([await witness.seen('coordinator')]))!;
      await expect(witness.note('coordinator', head)).rejects.toMatchObject({
        code: 'AUDIT_TAMPERED',
        subject: 'coordinator',
      });
      await log.close();
      await witness.close();
    }));

  it('takes the first key that it meets where it knows none, and no other after it', () =>
    inDirectory(async (directory) => {
      const witness = await openWitness(join(directory, 'heads.jsonl'), { signer: site });
      const headBy = async (name: string, secret: string) => {
        const log = await openAuditLog(join(directory, secret), {
          signer: testSigner(name, secret),
          now,
          fsync: false,
        });
        const head = (await log.head())!;
        await log.close();
        return head;
      };
      await witness.note('hospital-2', await headBy('hospital-2', 'first'));
      const second = await headBy('hospital-2', 'second');
      await expect(witness.note('hospital-2', second)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
      await witness.close();
    }));

  it('knows the key of one who hands over', () =>
    inDirectory(async (directory) => {
      const next = testSigner(server.name, 'next');
      const keys = () => [server.verifierKey, next.verifierKey];
      const witness = await openWitness(join(directory, 'heads.jsonl'), { signer: site, known: keys });
      const log = await openAuditLog(join(directory, 'log'), { signer: server, fsync: false });
      await witness.note('coordinator', (await log.head())!);
      await log.rotate(next);
      await witness.note('coordinator', (await log.head([1]))!);
      expect(await witness.seen('coordinator')).toBe(3);
      await log.close();
      await witness.close();
    }));

  it('cuts off what a crash left of a line, and finds any other change of its file', () =>
    inDirectory(async (directory) => {
      const { witness } = await watched(directory, [3, 9]);
      await witness.close();
      const path = join(directory, 'heads.jsonl');
      const whole = await readFile(path);
      const open = () => openWitness(path, { signer: site, known });
      await appendFile(path, '{"checkpoint":"half');
      const again = await open();
      expect(await again.seen('coordinator')).toBe(9);
      await again.close();
      expect(await readFile(path)).toEqual(whole);
      for (let at = 0; at < whole.length - 1; at += 3) {
        const changed = Buffer.from(whole);
        changed[at]! ^= 1;
        await writeFile(path, changed);
        const opened = await open().then(
          (one) => one.close().then(() => one.heads()),
          (error: { code: string }) => error.code,
        );
        // Who and when are not what is signed of a checkpoint; the rest is.
        if (Array.isArray(opened))
          expect(opened.map(({ checkpoint, size }) => checkpoint.length + size)).toHaveLength(2);
        else expect(opened, `byte ${at}`).toBe('AUDIT_TAMPERED');
      }
    }));

  it('refuses a head of another origin, whoever has signed it, and says what is shorter', () =>
    inDirectory(async (directory) => {
      const { heads, witness } = await watched(directory, [3, 9]);
      const { root } = heads[1]!;
      const text = formatCheckpoint({ origin: 'another', size: 9, root });
      const foreign = { ...heads[1]!, checkpoint: signNote(text, server) };
      await expect(witness.note('coordinator', foreign)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
      await expect(witness.note('coordinator', heads[0]!)).rejects.toThrow(/shorter/);
      await witness.close();
    }));

  it('finds a line that says something else than its checkpoint', () =>
    inDirectory(async (directory) => {
      const { witness } = await watched(directory, [3, 9]);
      await witness.close();
      const path = join(directory, 'heads.jsonl');
      const text = await readFile(path, 'utf8');
      for (const changed of [text.replace('"size":9', '"size":8'), text.replace(/"root":"./, '"root":"x')]) {
        await writeFile(path, changed);
        await expect(readWitness(path)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED', subject: path });
      }
    }));

  it('stops where the disk refuses, or another program writes to its file', () =>
    inDirectory(async (directory) => {
      const { witness } = await watched(directory, [3]);
      const log = await openAuditLog(join(directory, 'log'), { signer: server, now, fsync: false });
      await log.append(sampleEvent(4));
      const head = (await log.head([3]))!;
      await log.close();
      interceptDisk('fdatasync', (_flush, args) => refuse(args, 'EIO'));
      await expect(witness.note('coordinator', head)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
      restoreDisk();
      await expect(witness.note('coordinator', head)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
      await witness.close();
      const again = await openWitness(join(directory, 'heads.jsonl'), { signer: site, known });
      await appendFile(join(directory, 'heads.jsonl'), 'x');
      await expect(again.note('coordinator', head)).rejects.toMatchObject({
        code: 'AUDIT_FAILED',
        message: expect.stringContaining('another program'),
      });
      await again.close();
    }));
});

it('a log can be put back to an earlier day, and its witness tells', () =>
  inDirectory(async (directory) => {
    const { witness } = await watched(directory, [3]);
    const before = filesIn(join(directory, 'log'));
    const log = await openAuditLog(join(directory, 'log'), { signer: server, now, fsync: false });
    await witness.note('coordinator', (await log.head([3]))!);
    await log.close();
    putFiles(join(directory, 'log'), before);
    const { ok, faults } = await verifyAuditLog(join(directory, 'log'), { heads: witness.heads() });
    expect({ ok, faults }).toMatchObject({ ok: false, faults: [{ message: expect.stringContaining('ends here') }] });
    await witness.close();
  }));

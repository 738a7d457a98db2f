import { decodeBundle, signCheckpoint } from '@fedward/kit-merkle';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuditLog } from './open.js';
import { readAuditLog } from './read.js';
import { eventsOf } from './testing/crashed.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner, textsOf, writeLog } from './testing/fixtures.js';
import { bundlesOf, withEntries, writeAnew } from './testing/tamper.js';
import { verifyAuditLog } from './verify.js';

const signer = testSigner();
const keys = [signer.verifierKey];
const now = () => '2026-02-03T04:05:06.000Z';
/** So that there are full tiles, tiles that are not, and a level above them. */
const count = 600;
let directory: string;
let files: Map<string, Buffer>;
let roots: readonly string[];
let end: () => void;
let gone: Promise<unknown>;

beforeAll(async () => {
  await new Promise<void>((ready) => {
    gone = inDirectory(async (parent) => {
      directory = join(parent, 'log');
      ready();
      await new Promise<void>((resolve) => (end = resolve));
    });
  });
  roots = await writeLog(directory, count - 1, { signer, now });
  files = filesIn(directory);
});
afterAll(async () => {
  end();
  await gone;
});

async function verifyFiles(changed: ReadonlyMap<string, Uint8Array>, options = {}) {
  putFiles(directory, changed);
  return verifyAuditLog(directory, options);
}

const changedAt = (path: string, at: number, bit = 0) => {
  const bytes = Buffer.from(files.get(path)!);
  bytes[at]! ^= 1 << bit;
  return new Map([...files, [path, bytes]]);
};

describe('verifyAuditLog', () => {
  it('finds nothing in a log as it was written', async () => {
    expect(await verifyFiles(files, { keys })).toMatchObject({
      ok: true,
      version: 2,
      size: count,
      root: roots.at(-1),
      faults: [],
      prunedBelow: 0,
    });
  });

  it('names the entry of which a bit was changed, and its bundle', async () => {
    for (const { path, first } of bundlesOf(files)) {
      const entries = decodeBundle(files.get(path)!);
      for (let n = 0; n < entries.length; n += 37) {
        const { offset } = entries[n]!;
        const { ok, faults } = await verifyFiles(changedAt(path, offset + 40));
        expect({ ok, faults }, `${path} ${n}`).toMatchObject({
          ok: false,
          faults: [{ file: path, index: first + n, line: first + n + 1, byteOffset: offset }],
        });
      }
    }
  });

  it('names the tile of which a bit was changed, at any level, and not the entries', async () => {
    for (const path of [...files.keys()].filter((name) => /^tile\/\d/.test(name)))
      for (const at of [0, 31, files.get(path)!.length - 1]) {
        const { ok, faults } = await verifyFiles(changedAt(path, at, 7));
        expect({ ok, faults }, path).toMatchObject({ ok: false, faults: [{ file: path, byteOffset: at - (at % 32) }] });
        expect(faults).toHaveLength(1);
      }
  });

  it('names the checkpoint of which a byte was changed', async () => {
    for (let at = 0; at < files.get('checkpoint')!.length; at += 7) {
      const { ok, faults } = await verifyFiles(changedAt('checkpoint', at));
      expect(ok, `byte ${at}`).toBe(false);
      expect(faults[0]?.file, `byte ${at}: ${faults[0]?.message}`).not.toMatch(/entries/);
    }
  });

  it('names each file that is missing, cut off, longer, or does not belong', async () => {
    for (const [path, bytes] of files) {
      const missing = new Map(files);
      missing.delete(path);
      for (const spoilt of [
        missing,
        new Map([...files, [path, bytes.subarray(0, bytes.length - 1)]]),
        new Map([...files, [path, Buffer.concat([bytes, Buffer.alloc(1)])]]),
        new Map([...files, [path, Buffer.alloc(0)]]),
      ])
        expect((await verifyFiles(spoilt)).faults.length, path).toBeGreaterThan(0);
    }
    for (const path of [
      'tile/0/003',
      'tile/x',
      'tile/entries/003',
      'tile/2/000.p/1',
      'tile/0/002.p/300',
      'tile/1/000.p/3',
    ])
      expect(await verifyFiles(new Map([...files, [path, Buffer.alloc(32)]])), path).toMatchObject({
        ok: false,
        faults: [{ file: path }],
      });
  });

  it('finds entries that were taken out, put in, doubled or moved', async () => {
    for (const { path, first } of bundlesOf(files)) {
      const total = Math.min(256, count - first);
      for (const n of [0, 1, 77, total - 1]) {
        const changes: Record<string, (entries: Buffer[]) => Buffer[]> = {
          'taken out': (entries) => entries.toSpliced(n, 1),
          doubled: (entries) => entries.toSpliced(n, 0, entries[n]!),
          'put in the place of the next': (entries) => entries.toSpliced(n, 0, entries[n]!).toSpliced(n + 2, 1),
          moved: (entries) => entries.with(n, entries[(n + 5) % total]!).with((n + 5) % total, entries[n]!),
        };
        for (const [what, change] of Object.entries(changes)) {
          const { ok, faults } = await verifyFiles(withEntries(files, path, change));
          expect({ ok, path: faults[0]?.file }, `${path} ${n} ${what}`).toEqual({ ok: false, path });
          expect(faults.length).toBeLessThanOrEqual(2);
        }
      }
    }
  });

  it('finds entries and hashes that were changed to fit each other', async () => {
    const path = 'tile/entries/001';
    const forged = await writeAnew(
      directory,
      Array.from({ length: count - 1 }, (_, n) =>
        n === 300 ? { ...sampleEvent(n), runId: 'forged' } : sampleEvent(n),
      ),
      { signer, now },
    );
    const mixed = new Map([...files, [path, forged.get(path)!], ['tile/0/001', forged.get('tile/0/001')!]]);
    const { ok, faults } = await verifyFiles(mixed);
    expect(ok).toBe(false);
    expect(faults.length).toBeGreaterThan(0);
    const all = new Map([...forged, ['checkpoint', files.get('checkpoint')!]]);
    expect((await verifyFiles(all)).faults).toMatchObject([{ file: 'checkpoint' }]);
    expect(await verifyFiles(forged, { keys })).toMatchObject({ ok: true }); // which nothing in the folder can tell
  });

  it('finds what the owner of the key wrote anew, by a root or a head that was kept elsewhere', async () => {
    const kept = files.get('checkpoint')!.toString();
    const forged = await writeAnew(
      directory,
      Array.from({ length: count - 1 }, (_, n) =>
        n === 300 ? { ...sampleEvent(n), runId: 'forged' } : sampleEvent(n),
      ),
      { signer, now },
    );
    const found = await verifyFiles(forged, { heads: [kept] });
    expect(found.faults).toMatchObject([{ message: expect.stringContaining('its own key had signed that') }]);
    const root = roots[400]!;
    for (const options of [
      { heads: [{ size: 402, root, by: 'hospital-2' }] },
      { expectedRoot: root },
      { expectedRoot: root, expectedSize: 402 },
    ])
      expect((await verifyFiles(forged, options)).ok).toBe(false);
    const before = { size: 301, root: roots[299]! };
    expect((await verifyFiles(forged, { heads: [before] })).ok).toBe(true); // what came before it is as it was
  });

  it('finds a log that was cut by who owns the key', async () => {
    const shorter = await writeAnew(
      directory,
      Array.from({ length: 400 }, (_, n) => sampleEvent(n)),
      { signer, now },
    );
    const { faults } = await verifyFiles(shorter, { heads: [files.get('checkpoint')!.toString()] });
    expect(faults).toMatchObject([{ index: 401, message: expect.stringContaining('after 401 of 600') }]);
    expect((await verifyFiles(shorter, { expectedSize: count })).ok).toBe(false);
    expect((await verifyFiles(shorter, { expectedRoot: roots[400]!, expectedSize: 402 })).ok).toBe(false);
  });

  it('knows a root of an earlier time, and says over how many entries it is', async () => {
    for (const index of [0, 254, 255, 500])
      expect(await verifyFiles(files, { expectedRoot: roots[index]! })).toMatchObject({
        ok: true,
        expectedSize: index + 2,
      });
    expect(await verifyFiles(files, { expectedRoot: 'a'.repeat(64) })).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('another log') }],
    });
    expect(await verifyFiles(files)).not.toHaveProperty('expectedSize');
  });

  it('finds a head by another key, by none, or of another log', async () => {
    const root = roots.at(-1)!;
    const note = (text: string) => new Map([...files, ['checkpoint', Buffer.from(text)]]);
    const signed = files.get('checkpoint')!.toString();
    for (const text of [
      signCheckpoint(count, root, testSigner(signer.name, 'another secret')),
      signCheckpoint(count, root, testSigner('another')),
      signed.slice(0, signed.indexOf('\n\n') + 1),
      signed.replace(signer.name, 'hospital-9'),
    ])
      expect((await verifyFiles(note(text), {})).faults, text).toMatchObject([{ file: 'checkpoint' }]);
    const theirs = await writeAnew(directory, [sampleEvent(0)], { signer: testSigner('another'), now });
    expect(await verifyFiles(theirs)).toMatchObject({ ok: true });
    expect(await verifyFiles(theirs, { keys })).toMatchObject({ ok: false, faults: [{ file: 'checkpoint' }] });
  });

  it('finds a bit of a journal that was changed', () =>
    inDirectory(async (parent) => {
      const log = await openAuditLog(join(parent, 'open'), { signer, fsync: false });
      for (let n = 0; n < 3; n++) await log.append(sampleEvent(n));
      const open = filesIn(join(parent, 'open'));
      await log.close();
      const journal = open.get('journal')!;
      expect((await verifyFiles(new Map([['journal', journal]]), { keys })).ok).toBe(true);
      for (let at = 0; at < journal.length; at += 5) {
        const bytes = Buffer.from(journal);
        bytes[at]! ^= 1 << (at % 8);
        expect((await verifyFiles(new Map([['journal', bytes]]))).ok, `byte ${at}`).toBe(false);
      }
    }));

  it('says where there is no log, and what it can not be asked', async () => {
    putFiles(directory, new Map());
    await expect(verifyAuditLog(directory)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: directory });
    await expect(verifyAuditLog(join(directory, 'no'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(eventsOf(directory)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    for (const [options, subject] of [
      [{ expectedRoot: 'abc' }, 'expectedRoot'],
      [{ expectedSize: -1 }, 'expectedSize'],
    ] as const)
      await expect(verifyAuditLog(directory, options)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject });
    await expect(verifyAuditLog(directory, { keys: ['x'] })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(verifyAuditLog(directory, { heads: ['x'] })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  });

  it('stops at a hundred faults', async () => {
    const junk = withEntries(files, 'tile/entries/000', (entries) => entries.map(() => Buffer.from('x')));
    const { ok, faults } = await verifyFiles(junk);
    expect({ ok, faults: faults.length }).toEqual({ ok: false, faults: 100 });
  });
});

describe('a log that version 0.1 left', () => {
  const old = fileURLToPath(new URL('testing/version-0.1', import.meta.url));
  const root = '7c51aab1496f8d3ce911a82cce409b0bf2e23e682bf8d0dcc8000bce9179eae8';

  it('is read and verified', async () => {
    expect(await eventsOf(old)).toEqual(Array.from({ length: 12 }, (_, n) => sampleEvent(n)));
    expect(await verifyAuditLog(old, { expectedRoot: root, expectedSize: 12 })).toMatchObject({
      ok: true,
      version: 1,
      root,
      signatures: [],
    });
    expect((await verifyAuditLog(old, { heads: [{ size: 12, root }] })).ok).toBe(true);
    expect((await verifyAuditLog(old, { heads: [{ size: 11, root }] })).ok).toBe(false);
    expect((await verifyAuditLog(old, { keys })).ok).toBe(false);
    for await (const { index, hash, previousHash } of readAuditLog(old))
      expect({ index, hash: hash.length, previousHash: previousHash?.length }).toMatchObject({
        hash: 64,
        previousHash: 64,
      });
  });

  it('is not written to any more', () =>
    inDirectory(async (parent) => {
      const copy = join(parent, 'old');
      cpSync(old, copy, { recursive: true });
      await expect(openAuditLog(copy)).rejects.toMatchObject({
        code: 'AUDIT_FAILED',
        subject: copy,
        message: expect.stringContaining('start a new log'),
      });
      expect(textsOf(filesIn(copy))).toEqual(textsOf(filesIn(old)));
    }));
});

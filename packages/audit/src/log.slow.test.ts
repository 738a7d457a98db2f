import type { AuditEvent, JsonObject } from '@fedward/core';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { leafOf, type AuditEntry } from './entry.js';
import { emptyRoot, rootOf } from '@fedward/kit-merkle';
import { openAuditLog } from './open.js';
import { readAuditLog } from './read.js';
import { interceptDisk, restoreDisk } from './testing/disk.js';
import { filesIn, inDirectory, sampleEvent, textsOf, writeLog } from './testing/fixtures.js';
import { verifyAuditLog } from './verify.js';

const event = sampleEvent(1);

async function entriesOf(directory: string): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of readAuditLog(directory)) entries.push(entry);
  return entries;
}

afterEach(restoreDisk);

describe('openAuditLog', () => {
  it('writes what was appended, in the order of the calls, each with the root over all up to it', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      expect({ size: log.size, root: log.root }).toEqual({ size: 0, root: emptyRoot });
      const receipts = await Promise.all([0, 1, 2].map((n) => log.append(sampleEvent(n))));
      receipts.push(await log.append(sampleEvent(3)));
      const leaves = (await entriesOf(directory)).map(leafOf);
      expect(receipts).toEqual([0, 1, 2, 3].map((index) => ({ index, root: rootOf(leaves.slice(0, index + 1)) })));
      expect({ size: log.size, root: log.root }).toEqual({ size: 4, root: receipts[3]!.root });
      await log.close();
      expect((await entriesOf(directory)).map((entry) => entry.event)).toEqual([0, 1, 2, 3].map(sampleEvent));
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 4 });
    }));

  it('goes on where a log ended, in a directory that it makes', () =>
    inDirectory(async (parent) => {
      const directory = join(parent, 'runs', 'run-1', 'audit');
      for (let n = 0; n < 9; n++) {
        const log = await openAuditLog(directory);
        expect(log.size).toBe(n);
        expect((await log.append(sampleEvent(n))).index).toBe(n);
        await log.close();
      }
      const { ok, size } = await verifyAuditLog(directory);
      expect({ ok, size }).toEqual({ ok: true, size: 9 });
    }));

  it('refuses a log that does not verify, names the entry, and adds nothing', () =>
    inDirectory(async (directory) => {
      await writeLog(directory, 3);
      const path = join(directory, 'tile/entries/000.p/3');
      const bytes = await readFile(path);
      bytes[bytes.indexOf('hospital-1') + 9]! ^= 1;
      await writeFile(path, bytes);
      const before = filesIn(directory);
      await expect(openAuditLog(directory)).rejects.toMatchObject({
        code: 'AUDIT_TAMPERED',
        subject: path,
        message: expect.stringContaining(`${path}, entry 2 (byte ${2 + bytes.readUInt16BE(0)})`),
      });
      expect(textsOf(filesIn(directory))).toEqual(textsOf(before));
    }));

  it('takes an event as it is at the call', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { fsync: false });
      const details: Record<string, number> = { samples: 1 };
      const appended = log.append({ ...event, details });
      details['samples'] = 2;
      await appended;
      await log.close();
      expect((await entriesOf(directory))[0]!.event.details).toEqual({ samples: 1 });
    }));

  it('refuses what is no audit event, and goes on', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { fsync: false });
      const cyclic: Record<string, unknown> = {};
      cyclic['self'] = cyclic;
      const bad: unknown[] = [
        { ...event, details: { loss: NaN } },
        { ...event, details: { text: '\ud800' } },
        { ...event, details: cyclic },
        { ...event, details: [] },
        { ...event, details: { long: 'x'.repeat(17 * 1024 * 1024) } },
        { ...event, time: 'today' },
        { ...event, time: '2026-01-01T00:00:00+01:00' },
        { ...event, type: '' },
        { ...event, round: -1 },
        { ...event, patient: 'x' },
        { type: 'training' },
        null,
      ];
      const all = bad.map((value) => log.append(value as AuditEvent));
      const good = log.append(event);
      for (const result of await Promise.allSettled(all))
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ARGUMENT_INVALID', subject: 'event' } });
      expect((await good).index).toBe(0);
      await log.close();
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 1 });
    }));

  it('keeps any JSON in details, byte for byte', () =>
    inDirectory(async (directory) => {
      const details = JSON.parse(
        '{"__proto__":{"a":1},"constructor":null,"":[],"\\n\\u2028\\u0000":"\\ud83d\\ude00","n":[0,1e21,0.1,-5e-324],"b":[true,{}]}',
      ) as JsonObject;
      const log = await openAuditLog(directory, { fsync: false });
      await log.append({ ...event, details });
      await log.close();
      expect(JSON.stringify((await entriesOf(directory))[0]!.event.details, null, 1).length).toBe(
        JSON.stringify(details, null, 1).length,
      );
      expect((await entriesOf(directory))[0]!.event.details).toEqual(details);
      expect((await verifyAuditLog(directory)).ok).toBe(true);
    }));

  it('leaves absent what was undefined', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { fsync: false });
      await log.append({ ...event, round: undefined } as unknown as AuditEvent);
      await log.close();
      expect(Object.keys((await entriesOf(directory))[0]!.event)).not.toContain('round');
    }));

  it('commits together what arrives together, and what arrives during a write', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      const flushes = interceptDisk('fdatasync', (original, args) => original(...args));
      const append = (from: number, count: number) =>
        Array.from({ length: count }, (_, n) => log.append(sampleEvent(from + n)));
      const receipts = await Promise.all(append(0, 500));
      expect(flushes).toHaveBeenCalledTimes(1);
      const first = append(500, 1);
      await new Promise((resolve) => setImmediate(resolve)); // it is on its way
      receipts.push(...(await Promise.all([...first, ...append(501, 499)])));
      expect(flushes).toHaveBeenCalledTimes(3);
      expect(receipts.map(({ index }) => index)).toEqual(receipts.map((_, n) => n));
      await log.close();
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 1000 });
    }));

  it('has the entry on disk before append resolves, and without fsync asks for nothing', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      const unsynced = await openAuditLog(join(directory, 'unsynced'), { fsync: false });
      const calls: string[] = [];
      interceptDisk('writeSync', (original, args) => {
        calls.push('write');
        return original(...args);
      });
      for (const method of ['fdatasync', 'fsync'] as const)
        interceptDisk(method, (original, args) => {
          const done = args.at(-1) as () => void;
          return original(...args.slice(0, -1), () => setTimeout(() => void (calls.push(method), done()), 30));
        });
      await log.append(event).then(() => calls.push('resolved'));
      expect(calls).toEqual(['write', 'fdatasync', 'resolved']);
      calls.length = 0;
      await unsynced.append(event);
      expect(calls).toEqual(['write']);
      await Promise.all([log.close(), unsynced.close()]);
    }));

  it('waits on close for what was appended, and takes nothing after', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      const appended = Array.from({ length: 20 }, (_, n) => log.append(sampleEvent(n)));
      const closed = log.close();
      await expect(log.append(event)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
      await closed;
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 20 });
      expect(await Promise.all(appended)).toHaveLength(20);
      await log.close(); // once more does no harm
    }));

  it('can be read while it is written to', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { fsync: false });
      let written = 0;
      const writing = (async () => {
        for (; written < 300; written++) await log.append(sampleEvent(written));
      })();
      let read = 0;
      while (written < 300) {
        const acknowledged = written;
        read = (await entriesOf(directory)).length;
        expect(read).toBeGreaterThanOrEqual(acknowledged);
      }
      await writing;
      await log.close();
      expect(read).toBeGreaterThan(0);
    }));

  it('names an option that it does not have', () =>
    inDirectory(async (directory) => {
      const options = { sync: true } as unknown as { fsync: boolean };
      await expect(openAuditLog(directory, options)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'sync' });
    }));
});

import type { AuditReceipt } from '@fedward/core';
import { spawnSync } from 'node:child_process';
import { appendFile, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AuditLog } from './audit-log.js';
import { openAuditLog } from './open.js';
import { readAuditLog } from './read.js';
import { buildScript } from '../../../tools/testing/build-script.js';
import { interceptDisk, refuse, restoreDisk } from './testing/disk.js';
import { inDirectory, sampleEvent } from './testing/fixtures.js';
import { verifyAuditLog } from './verify.js';

afterEach(restoreDisk);

/** Listened to from the start: a rejection that nobody waits for yet would count as one that nobody handles. */
const settled = (append: Promise<AuditReceipt>) => Promise.allSettled([append]);

/** Opens a log with two entries, breaks something, and looks at what three concurrent and a later append say. */
async function afterTwo(
  directory: string,
  breakIt: (log: AuditLog) => Promise<unknown>,
): Promise<readonly PromiseSettledResult<AuditReceipt>[]> {
  const log = await openAuditLog(directory);
  await Promise.all([log.append(sampleEvent(0)), log.append(sampleEvent(1))]);
  await breakIt(log);
  const first = settled(log.append(sampleEvent(2)));
  const second = settled(log.append(sampleEvent(3)));
  await new Promise((resolve) => setImmediate(resolve)); // these are being written
  const third = settled(log.append(sampleEvent(4)));
  const results = (await Promise.all([first, second, third])).flat();
  restoreDisk();
  const later = await Promise.allSettled([log.append(sampleEvent(5))]);
  expect(log.size).toBe(2);
  await log.close();
  return [...results, ...later];
}

function expectAllRefused(results: readonly PromiseSettledResult<AuditReceipt>[], path: string, why: RegExp): void {
  expect(results).toHaveLength(4);
  for (const result of results)
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { code: 'AUDIT_FAILED', subject: path, message: expect.stringMatching(why), cause: expect.any(Error) },
    });
  expect((results[0] as PromiseRejectedResult).reason.message).toContain(path);
}

/** The log as its next owner finds it: the two entries that were acknowledged, and a record of any remains. */
async function expectTwoKept(directory: string): Promise<void> {
  await (await openAuditLog(directory)).close();
  expect((await verifyAuditLog(directory)).ok).toBe(true);
  const kept = [];
  for await (const { event } of readAuditLog(directory)) if (event.type !== 'log-recovery') kept.push(event);
  expect(kept).toEqual([sampleEvent(0), sampleEvent(1)]);
}

describe('a disk that refuses', () => {
  const steps = [
    ['writeSync', 'ENOSPC'],
    ['fdatasync', 'EIO'],
  ] as const;
  it.each(steps)('at %s with %s fails every append, and nothing of it stays', (method, code) =>
    inDirectory(async (directory) => {
      let calls = 0;
      const results = await afterTwo(directory, async () => {
        interceptDisk(method, (original, args) => (++calls === 1 ? refuse(args, code) : original(...args)));
      });
      expectAllRefused(results, join(directory, 'journal'), new RegExp(code));
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 2 }); // even before it is opened again
      await expectTwoKept(directory);
    }),
  );

  it('in the middle of an entry leaves no half of it', () =>
    inDirectory(async (directory) => {
      let calls = 0;
      const results = await afterTwo(directory, async () => {
        interceptDisk('writeSync', (write, args) => {
          const [fd, bytes, from, , position] = args;
          return ++calls === 1 ? write(fd, bytes, from, 150, position) : refuse(args, 'ENOSPC');
        });
        interceptDisk('ftruncateSync', (_truncate, args) => refuse(args, 'EIO')); // nor can it be taken back
      });
      expectAllRefused(results, join(directory, 'journal'), /ENOSPC/);
      const { faults } = await verifyAuditLog(directory);
      expect(faults).toMatchObject([{ line: 3, message: expect.stringContaining('150 bytes behind') }]);
      await expectTwoKept(directory);
      expect(await readFile(join(directory, 'recovered-1.bin'))).toHaveLength(150);
    }));

  it('when tiles are written on close says so, and leaves all of it in the journal', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      for (let n = 0; n < 2; n++) await log.append(sampleEvent(n));
      interceptDisk('writeSync', (_write, args) => refuse(args, 'ENOSPC'));
      await expect(log.close()).rejects.toMatchObject({
        code: 'AUDIT_FAILED',
        message: expect.stringMatching(/ENOSPC/),
      });
      restoreDisk();
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 2 });
      await expectTwoKept(directory);
    }));

  it('when tiles are written beside the work stops the log, and loses nothing', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { fsync: false });
      const appendAll = (from: number) =>
        Promise.allSettled(Array.from({ length: 5000 }, (_, n) => log.append(sampleEvent(from + n))));
      let calls = 0;
      interceptDisk('writeSync', (write, args) => (++calls === 2 ? refuse(args, 'ENOSPC') : write(...args)));
      expect((await appendAll(0)).every(({ status }) => status === 'fulfilled')).toBe(true);
      await vi.waitUntil(() => calls >= 2);
      restoreDisk();
      await log.append(sampleEvent(5000)).catch(() => undefined);
      await expect(log.append(sampleEvent(5001))).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
      const { size } = log;
      await log.close();
      expect(size).toBeGreaterThanOrEqual(5000);
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size });
      await (await openAuditLog(directory)).close();
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size });
    }));

  it('and takes a few bytes at a time is written to all the same', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      const spy = interceptDisk('writeSync', (write, [fd, bytes, from, length, position]) =>
        write(fd, bytes, from, Math.min(7, length as number), position),
      );
      for (let n = 0; n < 3; n++) await log.append(sampleEvent(n));
      expect(spy.mock.calls.length).toBeGreaterThan(90);
      await log.close();
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 3 });
    }));

  it('to make a directory is named', () =>
    inDirectory(async (directory) => {
      await writeFile(join(directory, 'file'), '');
      const inside = join(directory, 'file', 'audit');
      await expect(openAuditLog(inside)).rejects.toMatchObject({ code: 'AUDIT_FAILED', subject: inside });
    }));

  it.skipIf(process.platform !== 'linux')(
    'to make directories, all of which it says are missing, is not asked for ever',
    async () => {
      const inside = '/proc/self/nothing/audit';
      await expect(openAuditLog(inside)).rejects.toMatchObject({ code: 'AUDIT_FAILED', subject: inside });
    },
  );
});

describe.skipIf(process.platform === 'win32')('a limit on the size of files, in a process of its own', () => {
  it('stops the log with EFBIG after a short write, and keeps what was acknowledged', () =>
    inDirectory(async (directory) => {
      const script = await buildScript(new URL('testing/append-forever.ts', import.meta.url), directory);
      const audit = join(directory, 'audit');
      // 8 blocks of 512 bytes (POSIX, ulimit): the log reaches them in the middle of an entry.
      const { stdout, stderr } = spawnSync('sh', [
        '-c',
        `ulimit -f 8; exec "$0" "$1" "$2" 1`,
        process.execPath,
        script,
        audit,
      ]);
      expect(stderr.toString()).toContain('EFBIG');
      expect(stderr.toString()).toContain('AUDIT_FAILED');
      const acknowledged = stdout.toString().trim().split('\n').length;
      expect((await readFile(join(audit, 'journal'))).length).toBeLessThan(8 * 1024);
      expect(await verifyAuditLog(audit)).toMatchObject({ ok: true, size: acknowledged });
      await (await openAuditLog(audit)).close();
    }));
});

describe('another program', () => {
  const path = (directory: string): string => join(directory, 'journal');
  const changes = {
    'that moves the log away': async (file: string) => rename(file, `${file}.1`),
    'that replaces it by a copy': async (file: string) => {
      await rename(file, `${file}.1`);
      await writeFile(file, await readFile(`${file}.1`));
    },
    'that adds to it': async (file: string) => appendFile(file, '{}\n'),
    'that cuts it': async (file: string) => truncate(file, 100),
  };
  it.each(Object.entries(changes))('%s stops it', (_name, change) =>
    inDirectory(async (directory) => {
      let found: Buffer | undefined;
      const results = await afterTwo(directory, async () => {
        await change(path(directory));
        found = await readFile(path(directory)).catch(() => undefined);
      });
      expectAllRefused(results, path(directory), /another program|ENOENT/);
      expect(await readFile(path(directory)).catch(() => undefined)).toEqual(found); // evidence is left as it is
    }),
  );
});

import { sha256, type AuditEvent } from '@fedward/core';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditLog } from './open.js';
import { readAuditLog } from './read.js';
import { inDirectory, linesOf, readBoth, sampleEvent, writeBoth, writeLog } from './testing/fixtures.js';
import { verifyAuditLog } from './verify.js';

const now = (): string => '2026-02-03T04:05:06.000Z';

async function eventsOf(directory: string): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const { event } of readAuditLog(directory)) events.push(event);
  return events;
}

async function openAndClose(directory: string): Promise<void> {
  const log = await openAuditLog(directory, { fsync: false, now });
  await log.close();
}

/** Files as a crash leaves them that came between the write of entries 6 and 7 and that of their head. */
async function crashed(directory: string): Promise<{ log: Buffer; head: Buffer; end: number }> {
  const { head, log } = await writeLog(directory, 6);
  const later = join(directory, 'later');
  await mkdir(later);
  const more = await writeLog(later, 8);
  await rm(later, { recursive: true });
  expect(more.log.subarray(0, log.length)).toEqual(log);
  return { log: more.log, head, end: log.length };
}

describe('opening a log after a crash', () => {
  it(
    'sets aside what lies behind the head, wherever the write was cut, and says so first',
    () =>
      inDirectory(async (parent) => {
        const { log, head, end } = await crashed(parent);
        for (let cut = end; cut <= log.length; cut++) {
          const directory = join(parent, String(cut));
          await mkdir(directory);
          await writeBoth(directory, { log: log.subarray(0, cut), head });
          await writeFile(join(directory, 'head.json.new'), '{"bytes":'); // the next head was being written
          await openAndClose(directory);
          const events = await eventsOf(directory);
          expect(events.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5].map(sampleEvent));
          const behind = log.subarray(end, cut);
          const details = { file: 'recovered-1.bin', bytes: behind.length, sha256: sha256(behind), offset: end };
          const recovery = { type: 'log-recovery', time: now(), runId: 'run-1', details };
          expect(events.slice(6)).toEqual(cut === end ? [] : [recovery]);
          if (cut > end) expect(await readFile(join(directory, 'recovered-1.bin'))).toEqual(behind);
          expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, faults: [] });
        }
      }),
    120_000,
  );

  it('sets aside what anyone may have added, also when it is well made', () =>
    inDirectory(async (directory) => {
      const { log, head, end } = await crashed(directory);
      const oneMore = log.subarray(0, end + linesOf(log)[6]!.length);
      await writeBoth(directory, { log: oneMore, head });
      await openAndClose(directory);
      expect((await eventsOf(directory)).map(({ type }) => type).slice(6)).toEqual(['log-recovery']);
    }));

  it('can itself be killed at any point', () =>
    inDirectory(async (parent) => {
      const { log, head, end } = await crashed(parent);
      const behind = log.subarray(end);
      const killed = {
        'while the file was written': { log, aside: behind.subarray(0, 10), files: [10, behind.length] },
        'before the log was cut': { log, aside: behind, files: [behind.length, behind.length] },
        'before the event was written': { log: log.subarray(0, end), aside: behind, files: [behind.length] },
      };
      for (const [when, state] of Object.entries(killed)) {
        const directory = join(parent, when);
        await mkdir(directory);
        await writeBoth(directory, { log: state.log, head });
        await writeFile(join(directory, 'recovered-1.bin'), state.aside);
        await openAndClose(directory);
        await openAndClose(directory); // nothing is said twice
        const recoveries = (await eventsOf(directory)).slice(6).map(({ details }) => details);
        expect({ when, recoveries }).toMatchObject({
          when,
          recoveries: state.files.map((bytes, n) => ({ file: `recovered-${n + 1}.bin`, bytes, offset: end })),
        });
        expect((await verifyAuditLog(directory)).ok).toBe(true);
      }
    }));

  it('numbers what it sets aside, crash after crash', () =>
    inDirectory(async (directory) => {
      await writeLog(directory, 2);
      for (let n = 1; n <= 11; n++) {
        const { log, head } = await readBoth(directory);
        await writeBoth(directory, { log: Buffer.concat([log, Buffer.from(`torn ${n}`)]), head });
        await openAndClose(directory);
        expect((await eventsOf(directory)).at(-1)).toMatchObject({ details: { file: `recovered-${n}.bin` } });
      }
      expect((await readdir(directory)).filter((name) => name.startsWith('recovered'))).toHaveLength(11);
      expect(await eventsOf(directory)).toHaveLength(13);
    }));

  it('begins anew where the crash came before the first head', () =>
    inDirectory(async (directory) => {
      await writeFile(join(directory, 'log.jsonl'), '');
      await writeFile(join(directory, 'head.json.new'), '{');
      await openAndClose(directory);
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 0 });
    }));

  it('keeps what was torn before the first entry', () =>
    inDirectory(async (directory) => {
      await openAndClose(directory);
      await writeFile(join(directory, 'log.jsonl'), 'torn');
      await openAndClose(directory);
      const [event] = await eventsOf(directory);
      expect(event).toMatchObject({ type: 'log-recovery', runId: 'unknown', details: { bytes: 4, offset: 0 } });
    }));
});

describe('what no crash leaves', () => {
  it('is tampering: a log that ends before its head says, at every byte', () =>
    inDirectory(async (directory) => {
      const { log, head } = await writeLog(directory, 2);
      for (let length = 0; length < log.length; length++) {
        await writeBoth(directory, { log: log.subarray(0, length), head });
        await expect(openAndClose(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      }
    }));

  it('is tampering: a missing log, a missing head, a head that is none', () =>
    inDirectory(async (directory) => {
      for (const count of [0, 3]) {
        const { head } = await writeLog(directory, count);
        await rm(join(directory, 'log.jsonl'));
        const missing = { code: 'AUDIT_TAMPERED', subject: join(directory, 'log.jsonl') };
        await expect(openAndClose(directory)).rejects.toMatchObject(missing);
        await writeFile(join(directory, 'log.jsonl'), 'x');
        await rm(join(directory, 'head.json'));
        const headless = { code: 'AUDIT_TAMPERED', subject: join(directory, 'head.json') };
        await expect(openAndClose(directory)).rejects.toMatchObject(headless);
        await writeFile(join(directory, 'head.json'), head.subarray(1));
        await expect(openAndClose(directory)).rejects.toMatchObject(headless);
        await rm(directory, { recursive: true });
      }
    }));
});

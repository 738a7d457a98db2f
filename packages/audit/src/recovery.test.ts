import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashed, eventsOf, expectSetAside, expectTampering, openAndClose } from './testing/crashed.js';
import { inDirectory, linesOf, readBoth, writeBoth, writeLog } from './testing/fixtures.js';
import { verifyAuditLog } from './verify.js';

describe('opening a log after a crash', () => {
  it('sets aside what lies behind the head, and says so first', () =>
    inDirectory(async (parent) => {
      const state = await crashed(parent);
      const { log, end } = state;
      const seventh = end + linesOf(log)[6]!.length;
      for (const cut of [end, end + 1, seventh - 1, seventh, seventh + 1, log.length - 1, log.length])
        await expectSetAside(join(parent, String(cut)), state, cut);
    }));

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
  it('is tampering: a log that ends before its head says', () =>
    inDirectory(async (directory) => {
      const { log, head } = await writeLog(directory, 2);
      const first = linesOf(log)[0]!.length;
      for (const length of [0, 1, first - 1, first, first + 1, log.length - 1])
        await expectTampering(directory, log, head, length);
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

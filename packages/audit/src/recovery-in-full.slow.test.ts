import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditLog } from './open.js';
import { crashed, eventsOf, expectSetAside, openAndClose } from './testing/crashed.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner, writeLog } from './testing/fixtures.js';
import { verifyAuditLog } from './verify.js';

describe('opening a log after a crash', () => {
  it('sets aside what lies behind the last checkpoint, and says so first', () =>
    inDirectory(async (parent) => {
      const state = await crashed(join(parent, 'log'));
      const { journal, end } = state;
      for (const cut of [end, end + 1, end + 4, end + 300, journal.length - 1, journal.length])
        await expectSetAside(join(parent, String(cut)), state, cut);
    }));

  it('sets aside a last group of which a part did not reach the disk, though its end did', () =>
    inDirectory(async (directory) => {
      const { journal, end } = await crashed(join(directory, 'log'));
      const holed = Buffer.from(journal).fill(0, end + 20, end + 60);
      putFiles(directory, new Map([['journal', holed]]));
      await openAndClose(directory);
      expect((await eventsOf(directory)).map(({ type }) => type).slice(6)).toEqual(['log-recovery']);
    }));

  it('can itself be killed at any point', () =>
    inDirectory(async (parent) => {
      const { journal, end } = await crashed(join(parent, 'log'));
      const torn = journal.subarray(0, journal.length - 1);
      const behind = torn.subarray(end);
      const killed = {
        'while the file was written': { journal: torn, aside: behind.subarray(0, 10), files: [10, behind.length] },
        'before the journal was cut': { journal: torn, aside: behind, files: [behind.length, behind.length] },
        'before the event was written': { journal: torn.subarray(0, end), aside: behind, files: [behind.length] },
      };
      for (const [when, state] of Object.entries(killed)) {
        const directory = join(parent, when);
        putFiles(
          directory,
          new Map([
            ['journal', state.journal],
            ['recovered-1.bin', state.aside],
          ]),
        );
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
      for (let n = 1; n <= 11; n++) {
        const log = await openAuditLog(directory, { fsync: false });
        await log.append(sampleEvent(n));
        const files = filesIn(directory);
        files.set('journal', Buffer.concat([files.get('journal')!, Buffer.from(`torn ${n}`)]));
        files.delete('log.lock');
        await log.close();
        putFiles(directory, files);
        await openAndClose(directory);
        expect((await eventsOf(directory)).at(-1)).toMatchObject({ details: { file: `recovered-${n}.bin` } });
      }
      expect((await readdir(directory)).filter((name) => name.startsWith('recovered'))).toHaveLength(11);
      expect(await eventsOf(directory)).toHaveLength(22);
    }));

  it('begins anew where the crash came before the first checkpoint', () =>
    inDirectory(async (directory) => {
      await writeFile(join(directory, 'journal.new'), 'B');
      await openAndClose(directory);
      expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, size: 0 });
    }));

  it('goes on where it was killed while tiles were written, or while it was closed', () =>
    inDirectory(async (parent) => {
      const options = { fsync: false, signer: testSigner() };
      const open = join(parent, 'open');
      const log = await openAuditLog(open, options);
      await Promise.all(Array.from({ length: 700 }, (_, n) => log.append(sampleEvent(n))));
      const before = filesIn(open);
      before.delete('log.lock');
      await log.close();
      const after = filesIn(open);
      const tiles = [...after].filter(([path]) => path.startsWith('tile/'));
      const checkpoint = ['checkpoint', after.get('checkpoint')!] as const;
      const states = {
        'no tile': new Map(before),
        'some tiles': new Map([...before, ...tiles.slice(0, 3)]),
        'all tiles': new Map([...before, ...tiles]),
        'and the checkpoint': new Map([...before, ...tiles, checkpoint]),
        'and a tile that is not whole': new Map([...before, [`${tiles[0]![0]}.new`, Buffer.from('x')] as const]),
      };
      for (const [name, files] of Object.entries(states)) {
        const directory = join(parent, name);
        putFiles(directory, files);
        expect(await verifyAuditLog(directory), name).toMatchObject({ ok: true, size: 701 });
        expect(await eventsOf(directory), name).toHaveLength(701);
        const again = await openAuditLog(directory, options);
        expect((await again.append(sampleEvent(700))).index).toBe(702);
        await again.close();
        expect(await verifyAuditLog(directory), name).toMatchObject({ ok: true, size: 703 });
      }
    }));
});

describe('what no crash leaves', () => {
  it('is tampering: a damage with more than one whole group behind it', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { fsync: false });
      for (let n = 0; n < 4; n++) await log.append(sampleEvent(n));
      const journal = filesIn(directory).get('journal')!;
      await log.close();
      for (const at of [journal.indexOf('run-start'), journal.indexOf('hospital-1')]) {
        const changed = Buffer.from(journal);
        changed[at]! ^= 1;
        putFiles(directory, new Map([['journal', changed]]));
        await expect(openAndClose(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
        expect(filesIn(directory).get('journal')).toEqual(changed); // evidence is left as it is
      }
    }));

  it('is tampering: each missing file, and each that ends too soon', () =>
    inDirectory(async (parent) => {
      const directory = join(parent, 'log');
      await writeLog(directory, 300);
      const files = filesIn(directory);
      expect([...files.keys()].sort()).toEqual([
        'checkpoint',
        'tile/0/000',
        'tile/0/001.p/44',
        'tile/1/000.p/1',
        'tile/entries/000',
        'tile/entries/001.p/44',
      ]);
      for (const [path, bytes] of files)
        for (const left of [undefined, bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 0)]) {
          const spoilt = new Map(files);
          if (left) spoilt.set(path, left);
          else spoilt.delete(path);
          putFiles(directory, spoilt);
          await expect(openAndClose(directory), path).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
        }
    }));

  it('is tampering: a folder of tiles without a checkpoint; an empty folder is not', () =>
    inDirectory(async (directory) => {
      await writeLog(directory, 3);
      await rm(join(directory, 'checkpoint'));
      await expect(openAndClose(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      await rm(join(directory, 'tile'), { recursive: true });
      await mkdir(join(directory, 'tile'));
      await openAndClose(directory);
    }));
});

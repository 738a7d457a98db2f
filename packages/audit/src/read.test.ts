import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { leafOf } from './entry.js';
import { hasAuditLog } from './has-log.js';
import { openAuditLog } from './open.js';
import { readAuditLog } from './read.js';
import { filesIn, inDirectory, putFiles, sampleEvent, writeLog } from './testing/fixtures.js';
import { withEntries } from './testing/tamper.js';
import { leafHash } from '@fedward/kit-merkle';

const old = fileURLToPath(new URL('testing/version-0.1', import.meta.url));

describe('readAuditLog', () => {
  it('gives each entry with the hash of its leaf, of any version', () =>
    inDirectory(async (directory) => {
      await writeLog(directory, 300);
      for (const [folder, count] of [
        [directory, 300],
        [old, 12],
      ] as const) {
        let next = 0;
        for await (const entry of readAuditLog(folder)) {
          expect(entry).toMatchObject({ event: sampleEvent(next), index: next });
          expect(leafHash(leafOf(entry))).toBe(entry.hash);
          next += 1;
        }
        expect(next).toBe(count);
      }
    }));

  it('gives the entries up to one that is none, and names it', () =>
    inDirectory(async (parent) => {
      const directory = join(parent, 'log');
      await writeLog(directory, 5);
      const path = 'tile/entries/000.p/5';
      const files = filesIn(directory);
      const changes = [
        (entries: Buffer[]) => entries.with(3, Buffer.from('x')),
        (entries: Buffer[]) => entries.with(3, entries[4]!),
      ];
      for (const change of changes) {
        putFiles(directory, withEntries(files, path, change));
        const entries = readAuditLog(directory);
        for (let n = 0; n < 3; n++) expect((await entries.next()).value?.event).toEqual(sampleEvent(n));
        await expect(entries.next()).rejects.toMatchObject({
          code: 'AUDIT_TAMPERED',
          message: expect.stringContaining('entry 3'),
        });
      }
    }));

  it('fails for a log that does not reach as far as its checkpoint says, or has none', () =>
    inDirectory(async (parent) => {
      const directory = join(parent, 'log');
      await writeLog(directory, 300);
      const files = filesIn(directory);
      const drain = async () => {
        for await (const { index } of readAuditLog(directory)) expect(index).toBeLessThan(300);
      };
      for (const path of ['tile/entries/001.p/44', 'checkpoint']) {
        const fewer = new Map(files);
        fewer.delete(path);
        putFiles(directory, fewer);
        await expect(drain(), path).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      }
      putFiles(
        directory,
        withEntries(files, 'tile/entries/000', (entries) => entries.slice(1)),
      );
      await expect(drain()).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      for (const [path, bytes] of [
        ['journal', Buffer.from('x')],
        ['checkpoint', Buffer.from('x')],
      ] as const) {
        putFiles(directory, new Map([...files, [path, bytes]]));
        await expect(drain(), path).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      }
    }));
});

it('hasAuditLog knows logs of any version, open or closed, and nothing else', () =>
  inDirectory(async (directory) => {
    expect(hasAuditLog(old)).toBe(true);
    expect(hasAuditLog(directory)).toBe(false);
    await mkdir(join(directory, 'audit'));
    const log = await openAuditLog(join(directory, 'audit'));
    expect(hasAuditLog(join(directory, 'audit'))).toBe(true);
    await log.close();
    expect(hasAuditLog(join(directory, 'audit'))).toBe(true);
    expect(hasAuditLog(directory)).toBe(false);
  }));

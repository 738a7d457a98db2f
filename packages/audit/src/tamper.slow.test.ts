import { Random } from '@fedward/core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nightly } from '../../../tools/testing/nightly.js';
import { openAuditLog } from './open.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner, writeLog } from './testing/fixtures.js';
import { bundlesOf, withEntries } from './testing/tamper.js';
import { verifyAuditLog } from './verify.js';

const signer = testSigner();
const keys = [signer.verifierKey];
const count = 1000;
/** Of entries, and of a journal's bits, one in so many is changed. No power of two, so that it is each bit of some byte. */
const step = nightly ? 1 : 7;

/** A closed log of a thousand entries, its files, and what is found when some of them are others. */
async function withLog(
  use: (
    files: Map<string, Buffer>,
    find: (changed: ReadonlyMap<string, Buffer | undefined>) => Promise<string[]>,
  ) => Promise<void>,
): Promise<void> {
  await inDirectory(async (parent) => {
    const directory = join(parent, 'log');
    await writeLog(directory, count - 1, { signer });
    const files = filesIn(directory);
    await use(files, async (changed) => {
      const put = (path: string, bytes: Buffer) => {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), bytes);
      };
      for (const [path, bytes] of changed) if (bytes) put(path, bytes);
      const { ok, faults } = await verifyAuditLog(directory, { keys });
      expect(ok).toBe(faults.length === 0);
      for (const path of changed.keys()) put(path, files.get(path)!);
      return faults.map(({ file }) => file);
    });
  });
}

describe(`a log of ${count} entries`, { timeout: 1_200_000 }, () => {
  it(`is found changed by an entry that is taken out, doubled, forged or moved, one in ${step} tried`, () =>
    withLog(async (files, find) => {
      expect(await find(new Map())).toEqual([]);
      for (const { path, first } of bundlesOf(files)) {
        const width = Math.min(256, count - first);
        for (let n = 0; n < width; n += step) {
          const changes: ((entries: Buffer[]) => Buffer[])[] = [
            (entries) => entries.toSpliced(n, 1),
            (entries) => entries.toSpliced(n, 0, entries[n]!),
            (entries) => entries.with(n, Buffer.from(entries[n]!.toString().replace('"runId":"', '"runId":"x'))),
            (entries) => entries.with(n, entries[(n + 1) % width]!).with((n + 1) % width, entries[n]!),
          ];
          for (const change of changes) {
            const bytes = withEntries(files, path, change).get(path)!;
            expect(await find(new Map([[path, bytes]])), `${path} ${n}`).toContain(path);
          }
        }
      }
    }));

  it(`is found changed by any single bit, ${nightly ? 10_000 : 500} of them drawn`, () =>
    withLog(async (files, find) => {
      const random = new Random(2026);
      const names = [...files.keys()];
      const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
      for (let n = 0; n < (nightly ? 10_000 : 500); n++) {
        let at = random.integer(0, total);
        const path = names.find((name) => (at -= files.get(name)!.length) < 0)!;
        const bytes = Buffer.from(files.get(path)!);
        at += bytes.length;
        bytes[at]! ^= 1 << random.integer(0, 8);
        expect((await find(new Map([[path, bytes]]))).length, `${path} byte ${at}`).toBeGreaterThan(0);
      }
    }));

  it('is found changed wherever a file of it is cut off', () =>
    withLog(async (files, find) => {
      const random = new Random(7);
      for (const [path, bytes] of files)
        for (let n = 0; n < 40; n++) {
          const length = n === 0 ? bytes.length - 1 : random.integer(0, bytes.length);
          expect((await find(new Map([[path, bytes.subarray(0, length)]]))).length).toBeGreaterThan(0);
        }
    }));

  it('is found changed by any byte of its checkpoint', () =>
    withLog(async (files, find) => {
      const note = files.get('checkpoint')!;
      for (let at = 0; at < note.length; at++)
        for (const bit of [0, 5]) {
          const bytes = Buffer.from(note);
          bytes[at]! ^= 1 << bit;
          expect((await find(new Map([['checkpoint', bytes]]))).length, `byte ${at}`).toBeGreaterThan(0);
        }
    }));
});

it(`a journal is found changed by a bit of it, one in ${step} tried`, { timeout: 600_000 }, () =>
  inDirectory(async (directory) => {
    const log = await openAuditLog(join(directory, 'log'), { signer, fsync: false });
    for (let n = 0; n < 4; n++) await log.append(sampleEvent(n));
    const journal = filesIn(join(directory, 'log')).get('journal')!;
    await log.close();
    const copy = join(directory, 'copy');
    for (let bit = 0; bit < journal.length * 8; bit += step) {
      const bytes = Buffer.from(journal);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      putFiles(copy, new Map([['journal', bytes]]));
      expect((await verifyAuditLog(copy)).ok, `bit ${bit}`).toBe(false);
    }
  }),
);

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditLog } from './open.js';
import { pruneAuditLog } from './prune.js';
import { openEntryProof, proveEntry } from './prove.js';
import { eventsOf } from './testing/crashed.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner, textsOf } from './testing/fixtures.js';
import { verifyAuditLog } from './verify.js';

const signer = testSigner();
const keys = [signer.verifierKey];
const now = () => '2033-01-01T00:00:00.000Z';
const options = { signer, now, fsync: false, runId: 'run-1' };

/** Entries of 2026, one of each second, and 300 of 2030; the first of each has details of its own file. */
async function oldLog(directory: string): Promise<void> {
  const log = await openAuditLog(directory, { ...options, now: () => '2026-01-01T00:00:00.000Z' });
  const long = { text: 'x'.repeat(70_000) };
  for (const year of ['2026', '2030']) {
    await log.append({ ...sampleEvent(1), time: `${year}-01-02T00:00:00.000Z`, details: { ...long, year } });
    const events = Array.from({ length: 599 }, (_, n) => sampleEvent(n + 1));
    await Promise.all(events.map((event) => log.append({ ...event, time: event.time.replace('2026', year) })));
  }
  await log.close();
}

describe('pruneAuditLog', () => {
  it('lets go of bundles that are old, and of nothing that proves the rest', () =>
    inDirectory(async (directory) => {
      await oldLog(directory);
      const before = filesIn(directory);
      const kept = await verifyAuditLog(directory, { keys });
      expect(await pruneAuditLog(directory, { ...options, before: '2027-01-01T00:00:00Z' })).toEqual({ entries: 512 });
      const after = filesIn(directory);
      const gone = [...before.keys()].filter((path) => !after.has(path));
      expect(gone.filter((path) => !path.startsWith('details/'))).toEqual(['tile/entries/000', 'tile/entries/001']);
      expect(gone.filter((path) => path.startsWith('details/'))).toHaveLength(1);
      for (const [path, bytes] of before)
        if (/^tile\/\d\/\d+$/.test(path)) expect(after.get(path)!.equals(bytes), path).toBe(true);

      const heads = [
        { size: kept.size, root: kept.root },
        { size: 100, root: kept.root },
      ];
      expect(await verifyAuditLog(directory, { keys, heads: heads.slice(0, 1) })).toMatchObject({
        ok: true,
        prunedBelow: 512,
        size: kept.size + 2,
      });
      expect((await verifyAuditLog(directory, { heads })).ok).toBe(false);
      const events = await eventsOf(directory);
      expect(events).toHaveLength(kept.size + 2 - 512);
      expect(events.at(-1)).toMatchObject({
        type: 'log-pruned',
        runId: 'run-1',
        details: { before: '2027-01-01T00:00:00Z', entries: 512 },
      });
      expect(openEntryProof(await proveEntry(directory, 700), keys).index).toBe(700);
      await expect(proveEntry(directory, 3)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      const log = await openAuditLog(directory, options);
      await expect(log.prove(3)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      expect((await log.head([100, kept.size]))!.grown).toHaveLength(2);
      await log.close();
    }));

  it('refuses what is younger than six years, to the second', () =>
    inDirectory(async (directory) => {
      await oldLog(directory);
      const files = filesIn(directory);
      for (const before of ['2027-01-01T00:00:01Z', '2030-06-01T00:00:00Z', '2040-01-01T00:00:00Z'])
        await expect(pruneAuditLog(directory, { ...options, before })).rejects.toMatchObject({
          code: 'ARGUMENT_INVALID',
          subject: 'before',
          message: expect.stringContaining('164.316(b)(2)(i)'),
        });
      await expect(pruneAuditLog(directory, { ...options, before: 'long ago' })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
      expect(textsOf(filesIn(directory))).toEqual(textsOf(files));
      expect(await pruneAuditLog(directory, { ...options, before: '2025-01-01T00:00:00Z' })).toEqual({ entries: 0 });
      expect((await verifyAuditLog(directory)).prunedBelow).toBe(0);
    }));

  it('can be stopped before it has removed anything, and done again', () =>
    inDirectory(async (directory) => {
      await oldLog(directory);
      const entries = filesIn(directory).get('tile/entries/001')!;
      await pruneAuditLog(directory, { ...options, before: '2027-01-01T00:00:00Z' });
      putFiles(directory, new Map([...filesIn(directory), ['tile/entries/001', entries]]));
      expect(await verifyAuditLog(directory, { keys })).toMatchObject({ ok: true, prunedBelow: 512 });
      expect(await pruneAuditLog(directory, { ...options, before: '2027-01-01T00:00:00Z' })).toEqual({ entries: 512 });
      expect(existsSync(join(directory, 'tile/entries/001'))).toBe(false);
      expect(await eventsOf(directory)).toHaveLength(1201 + 3 - 512); // told once; opened twice
    }));

  it('is not an excuse for entries that are missing and were not let go, nor for hashes that are not theirs', () =>
    inDirectory(async (directory) => {
      await oldLog(directory);
      await pruneAuditLog(directory, { ...options, before: '2027-01-01T00:00:00Z' });
      const files = filesIn(directory);
      const missing = new Map(files);
      missing.delete('tile/entries/002');
      putFiles(directory, missing);
      expect((await verifyAuditLog(directory)).faults).toMatchObject([{ file: 'tile/entries/002', index: 512 }]);
      await expect(openAuditLog(directory, options)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      const tile = Buffer.from(files.get('tile/0/000')!);
      tile[100]! ^= 1;
      putFiles(directory, new Map([...files, ['tile/0/000', tile]]));
      expect((await verifyAuditLog(directory)).ok).toBe(false);
    }));
});

import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maxLineBytes } from './entry.js';
import { readLines } from './lines.js';
import { readAuditLog } from '../read.js';
import { summarizeAuditLog } from '../summary.js';
import { inDirectory, sampleEvent } from '../testing/fixtures.js';
import { linesOf, writeLineLog } from '../testing/line-log.js';

async function drain(directory: string): Promise<number> {
  let count = 0;
  for await (const entry of readAuditLog(directory)) expect(entry.index).toBe(count++);
  return count;
}

describe('readAuditLog of a log of version 0.1', () => {
  it('gives the entries in order, also of a log of many blocks', () =>
    inDirectory(async (directory) => {
      const { log } = await writeLineLog(directory, 1000);
      expect(log.length).toBeGreaterThan(3 * 65536);
      expect(await drain(directory)).toBe(1000);
    }));

  it('gives the entries up to a line that is none, and names it', () =>
    inDirectory(async (directory) => {
      const { log } = await writeLineLog(directory, 5);
      const path = join(directory, 'log.jsonl');
      const lines = linesOf(log);
      await writeFile(
        path,
        Buffer.concat(lines.with(3, Buffer.alloc(lines[3]!.length - 1, 'x')).toSpliced(4, 0, Buffer.from('\n'))),
      );
      const entries = readAuditLog(directory);
      for (let n = 0; n < 3; n++) expect((await entries.next()).value?.event).toEqual(sampleEvent(n));
      await expect(entries.next()).rejects.toMatchObject({
        code: 'AUDIT_TAMPERED',
        subject: path,
        message: expect.stringContaining('line 4'),
      });
    }));

  it('fails for a log that ends before its head says', () =>
    inDirectory(async (directory) => {
      const { log } = await writeLineLog(directory, 3);
      const path = join(directory, 'log.jsonl');
      await truncate(path, log.length - 1);
      await expect(drain(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      await truncate(path, linesOf(log)[0]!.length);
      await expect(drain(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      await writeFile(join(directory, 'head.json'), '{}');
      await expect(drain(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
    }));

  it('says where there is no log', () =>
    inDirectory((directory) =>
      expect(drain(directory)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: directory }),
    ));
});

describe('readLines', () => {
  const linesIn = async (directory: string, content: string | Buffer, until?: number) => {
    await writeFile(join(directory, 'file'), content);
    const lines = [];
    for await (const { bytes, offset, whole } of readLines(join(directory, 'file'), until))
      lines.push([bytes.length, offset, whole]);
    return lines;
  };

  it('says where each line begins, and whether the file cuts it off', () =>
    inDirectory(async (directory) => {
      expect(await linesIn(directory, '')).toEqual([]);
      expect(await linesIn(directory, 'ab\n\nc')).toEqual([
        [2, 0, true],
        [0, 3, true],
        [1, 4, false],
      ]);
      const [a, b] = ['a'.repeat(65535), 'b'.repeat(200_000)]; // newlines at and across the edges of blocks
      expect(await linesIn(directory, `${a}\n${b}\n`)).toEqual([
        [65535, 0, true],
        [200_000, 65536, true],
      ]);
    }));

  it('gives whole lines up to a byte, and none that begins there', () =>
    inDirectory(async (directory) => {
      for (const [until, count] of [
        [0, 0],
        [1, 1],
        [3, 1],
        [4, 2],
        [6, 2],
        [7, 3],
      ] as const)
        expect(await linesIn(directory, 'ab\ncd\nef\n', until)).toHaveLength(count);
    }));

  it('gives up on a line that does not end', () =>
    inDirectory(async (directory) => {
      const lines = await linesIn(directory, Buffer.alloc(maxLineBytes + 200_000, 'x'));
      expect(lines).toHaveLength(1);
      expect(lines[0]![0]).toBeLessThan(maxLineBytes + 100_000);
      expect(lines[0]![2]).toBe(false);
    }));
});

describe('summarizeAuditLog', () => {
  it('counts events, hospitals and trainings, as the tutorial does, and what else there is', () =>
    inDirectory(async (directory) => {
      await writeLineLog(directory, 12);
      expect(await summarizeAuditLog(readAuditLog(directory))).toEqual({
        events: 12,
        hospitals: 3,
        trainingEvents: 8,
        firstTime: '2026-01-01T00:00:00.000Z',
        lastTime: '2026-01-01T00:00:11.000Z',
        eventsByType: { 'run-start': 1, training: 8, aggregation: 3 },
      });
    }));

  it('has a summary of nothing', async () => {
    const nothing = { events: 0, hospitals: 0, trainingEvents: 0, firstTime: null, lastTime: null, eventsByType: {} };
    expect(await summarizeAuditLog([])).toEqual(nothing);
  });
});

import type { AuditEvent } from '@fedward/core';
import { rotationOf, signNote, type Signer } from '@fedward/kit-keys';
import { emptyRoot, formatCheckpoint, signCheckpoint } from '@fedward/kit-merkle';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leafOf } from './entry.js';
import { openAuditLog } from './open.js';
import { proveEntry } from './prove.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner, writeLog } from './testing/fixtures.js';
import { forged } from './testing/tamper.js';
import { verifyAuditLog } from './verify.js';

const signer = testSigner();
const next = testSigner(signer.name, 'next');
const last = testSigner(signer.name, 'last');
const by =
  (one: typeof signer) =>
  (size: number, root: string): string =>
    signCheckpoint(size, root, one);

const own = (type: AuditEvent['type'], details: AuditEvent['details']): AuditEvent => ({
  ...sampleEvent(0),
  type,
  details,
});
const opened = (one: typeof signer) => own('log-opened', { key: one.verifierKey });
const rotated = (from: Signer, to: Signer, statement: string) =>
  own('key-rotated', { from: from.verifierKey, to: to.verifierKey, statement });
const statementOf = (from: Signer, to: Signer) => rotationOf(from, to, '2026-01-01T00:00:00.000Z').statement;
const handedOver = rotated(signer, next, statementOf(signer, next));
const leavesOf = (events: readonly AuditEvent[]) => events.map((event, index) => leafOf({ event, index }));

/** What is found of files that somebody else has written. */
const faultsOf = (files: ReadonlyMap<string, Buffer>) =>
  inDirectory(async (parent) => {
    const directory = join(parent, 'log');
    putFiles(directory, files);
    return (await verifyAuditLog(directory)).faults.map(({ file, index, message }) => `${file} ${index}: ${message}`);
  });

describe('a log that the owner of its key has written with other means', () => {
  it('is one like any other where all of it is right', async () => {
    const events = [opened(signer), sampleEvent(1), handedOver, opened(next), sampleEvent(2)];
    expect(await faultsOf(forged(leavesOf(events), by(next)))).toEqual([]);
    expect(await faultsOf(forged(leavesOf(events.slice(0, 3)), by(signer)))).toEqual([]);
    expect(await faultsOf(forged(leavesOf(events.slice(0, 3)), by(next)))).toEqual([]);
  });

  it('is refused where entries are not in order, however right their hashes are', async () => {
    const leaves = leavesOf([opened(signer), sampleEvent(1), sampleEvent(2)]);
    const moved = [leaves[0]!, leaves[2]!, leaves[1]!];
    expect(await faultsOf(forged(moved, by(signer)))).toEqual([
      expect.stringContaining('1: entry 2 is in the place of'),
    ]);
  });

  it('is refused where an entry is spelt otherwise', async () => {
    const [first, second] = leavesOf([opened(signer), sampleEvent(1)]).map(String) as [string, string];
    const spellings = {
      'another order of keys': `{"index":1,${second.slice(1).replace(',"index":1', '')}`,
      'another order within': second.replace('"note":"ok","samples":101', '"samples":101,"note":"ok"'),
      'white space': second.replace(',', ', '),
      'half a character': second.replace('"ok"', '"\\ud800"'),
      'a number as none writes it': second.replace('101', '101.0'),
      'a key given twice': second.replace('"samples":101', '"samples":1,"samples":101'),
      'one that is none': second.replace('"training"', '"Training"'),
      'what is no aside': second.replace('{"event"', '{"aside":{"bytes":1,"sha256":"x"},"event"'),
    };
    for (const [what, spelt] of Object.entries(spellings)) {
      expect(spelt, what).not.toBe(second);
      const files = forged([Buffer.from(first), Buffer.from(spelt)], by(signer));
      expect(await faultsOf(files), what).toEqual([expect.stringContaining('1: not an audit entry')]);
    }
    const latin1 = forged([Buffer.from(first), Buffer.from(second.replace('run-1', 'run-\xe9'), 'latin1')], by(signer));
    expect(await faultsOf(latin1)).toEqual([expect.stringContaining('UTF-8')]);
  });

  it('is refused where a key signs that was not handed over to, or no more', async () => {
    const cases: Record<string, [AuditEvent[], ReturnType<typeof by>]> = {
      'a stranger signs': [[opened(signer), sampleEvent(1)], by(next)],
      'the old key goes on': [[opened(signer), handedOver, opened(next)], by(signer)],
      'another key opens it': [[opened(signer), opened(next)], by(next)],
      'it is opened by none': [[opened(signer), own('log-opened', { role: 'site' })], by(signer)],
      'another key hands over': [[opened(signer), rotated(next, last, statementOf(next, last))], by(last)],
      'what is no key': [[opened(signer), own('key-rotated', { from: signer.verifierKey, to: 'x' })], by(signer)],
      'nothing is signed by the old key': [[opened(signer), rotated(signer, next, '')], by(next)],
      'the old key has signed for another': [
        [opened(signer), rotated(signer, next, statementOf(signer, last))],
        by(next),
      ],
      'the new key has signed for both': [
        [opened(signer), rotated(signer, next, signNote(statementOf(signer, next).split('\n\n')[0]! + '\n', next))],
        by(next),
      ],
      'no statement': [
        [opened(signer), own('key-rotated', { from: signer.verifierKey, to: next.verifierKey })],
        by(next),
      ],
      'no key is named': [[sampleEvent(1)], by(signer)],
      'no signature': [[opened(signer)], (size, root) => formatCheckpoint({ origin: signer.name, size, root })],
      'another origin': [
        [opened(signer)],
        (size, root) => signNote(formatCheckpoint({ origin: 'hospital-9', size, root }), signer),
      ],
    };
    for (const [what, [events, note]] of Object.entries(cases))
      expect(await faultsOf(forged(leavesOf(events), note)), what).not.toEqual([]);
  });

  it('is refused where one of the heads in its files is of another one', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { signer, fsync: false });
      await log.append(sampleEvent(1));
      const open = filesIn(directory);
      await log.close();
      open.delete('log.lock');
      expect(await faultsOf(open)).toEqual([]);
      const head = (size: number, root: string, one = signer) => Buffer.from(signCheckpoint(size, root, one));
      for (const note of [head(1, 'a'.repeat(64)), head(7, 'a'.repeat(64)), head(0, emptyRoot, testSigner('x'))])
        expect(await faultsOf(new Map([...open, ['checkpoint', note]]))).toEqual([
          expect.stringContaining('checkpoint'),
        ]);
    }));
});

describe('a log whose writer was stopped before its first entry', () => {
  it('is empty and whole, if its key or nobody has signed that', () =>
    inDirectory(async (directory) => {
      const head = { origin: signer.name, size: 0, root: emptyRoot };
      const keys = [signer.verifierKey];
      const found = async (note: string, options = {}) => {
        putFiles(directory, new Map([['checkpoint', Buffer.from(note)]]));
        return (await verifyAuditLog(directory, options)).ok;
      };
      expect(await found(signCheckpoint(0, emptyRoot, signer))).toBe(true);
      expect(await found(signCheckpoint(0, emptyRoot, signer), { keys })).toBe(true);
      expect(await found(signCheckpoint(0, emptyRoot, next), { keys })).toBe(false);
      expect(await found(formatCheckpoint(head), { keys })).toBe(false);
      expect(await found(signCheckpoint(0, '1'.repeat(64), signer))).toBe(false);
    }));
});

describe('a log that a stranger has written', () => {
  it('is not that of a key that is trusted, though it says that this one handed over', () =>
    inDirectory(async (directory) => {
      const events = [opened(signer), rotated(signer, next, signNote('handed over\n', next)), opened(next)];
      putFiles(directory, forged(leavesOf(events), by(next)));
      const { ok, faults } = await verifyAuditLog(directory, { keys: [signer.verifierKey] });
      expect(ok).toBe(false);
      expect(faults[0]).toMatchObject({ index: 1, message: expect.stringContaining('has not signed for the next') });
    }));
});

describe('an entry that was changed on the disk', () => {
  it('is not proved', () =>
    inDirectory(async (directory) => {
      await writeLog(directory, 5, { signer });
      const bundle = [...filesIn(directory)].find(([path]) => path.startsWith('tile/entries/'))!;
      const [path, bytes] = bundle;
      const at = bytes.lastIndexOf('run-1');
      bytes.write('run-2', at);
      putFiles(directory, new Map([...filesIn(directory), [path, bytes]]));
      await expect(proveEntry(directory, 5)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
      expect((await proveEntry(directory, 4)).proof).toContain('index 4');
    }));
});

describe('a log that was closed many times', () => {
  it('has parts of tiles for each, which are held against the whole, and are gone where it is full', () =>
    inDirectory(async (directory) => {
      for (const count of [3, 20, 200]) await writeLog(directory, count, { signer });
      const files = filesIn(directory);
      const parts = [...files.keys()].filter((path) => path.includes('.p/'));
      expect(parts.length).toBeGreaterThan(4);
      for (const path of parts) {
        const bytes = Buffer.from(files.get(path)!);
        bytes[10]! ^= 1;
        expect((await faultsOf(new Map([...files, [path, bytes]]))).length, path).toBeGreaterThan(0);
      }
      await writeLog(directory, 100, { signer });
      const left = [...filesIn(directory).keys()].filter((path) => path.startsWith('tile/'));
      expect(left.filter((path) => /\/000\.p\//.test(path) && !path.startsWith('tile/1/'))).toEqual([]);
      expect((await verifyAuditLog(directory)).ok).toBe(true);
    }));
});

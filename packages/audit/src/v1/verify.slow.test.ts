import { canonicalJson } from '@fedward/core';
import { writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonOf } from '../event.js';
import { inDirectory, sampleEvent } from '../testing/fixtures.js';
import { lineLogOf, linesOf, writeBoth, type LineLog } from '../testing/line-log.js';
import { verifyAuditLog } from '../verify.js';
import { decodeEntry, encodeEntry, type LineEntry } from './entry.js';
import { decodeHead, encodeHead } from './head.js';
import { linesIn } from './lines.js';
import { emptyRoot, leafHash, rootOf } from '@fedward/kit-merkle';
import { verifyLines, type LineVerification, type LogAsRead } from './verify.js';

const count = 12;
let directory: string;
let original: LineLog;
let lines: Buffer[];
let release: () => void;
let gone: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((ready) => {
    gone = inDirectory(async (created) => {
      directory = created;
      ready();
      await new Promise<void>((resolve) => (release = resolve));
    });
  });
  original = lineLogOf(count);
  lines = linesOf(original.log);
});
afterAll(async () => {
  release();
  await gone;
});

/** Verifies the log with these bytes in the place of its own, on the disk. */
async function verify(log: Buffer, head = original.head): ReturnType<typeof verifyAuditLog> {
  writeFileSync(join(directory, 'log.jsonl'), log);
  writeFileSync(join(directory, 'head.json'), head);
  return verifyAuditLog(directory);
}

/** The same for bytes that are on no disk: for many of them. */
function verifyInMemory(log: Buffer, head = original.head): Promise<LineVerification> {
  return verifyLines({ head: headIn(head), length: log.length, linesUntil: (byte) => linesIn([log], byte) });
}

function headIn(bytes: Buffer): LogAsRead['head'] {
  try {
    return decodeHead(bytes);
  } catch (error) {
    return { fault: reasonOf(error) };
  }
}

/** Where a changed log first differs, by line: what a verification must name. */
function firstDifference(log: Buffer): { readonly line: number; readonly byteOffset: number } {
  const found = linesOf(log);
  let same = 0;
  while (same < lines.length && found[same]?.equals(lines[same]!)) same++;
  return { line: same + 1, byteOffset: Buffer.concat(lines.slice(0, same)).length };
}

/**
 * Expects the verification to fail, and to name the line at which this log first differs from the original.
 * @param lineCount how many lines are to be named
 */
async function expectFound(log: Buffer, what: string, lineCount?: number): Promise<void> {
  const { ok, faults } = await verifyInMemory(log);
  if (lineCount !== undefined) expect({ what, faults: faults.length }).toEqual({ what, faults: lineCount });
  const expected = { file: 'log.jsonl', ...firstDifference(log) };
  expect({ what, ok, first: faults[0] }).toMatchObject({
    what,
    ok: false,
    first: { ...expected, index: expected.line - 1, message: expect.stringMatching(/./) },
  });
}

/** The bytes with one of them replaced, one put in before it, or one taken out. */
function* bytewise(bytes: Buffer): Generator<readonly [what: string, changed: Buffer]> {
  const splice = (at: number, remove: number, ...add: number[]): Buffer =>
    Buffer.concat([bytes.subarray(0, at), Uint8Array.from(add), bytes.subarray(at + remove)]);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    // The last bit keeps digits digits and letters letters, so that much of this is still valid JSON.
    yield [`another byte ${at}`, splice(at, 1, byte ^ 1)];
    const added = at % 2 === 0 ? 0x31 : 0x0a;
    yield [`${added} before byte ${at}`, splice(at, 0, added)];
    yield [`without byte ${at}`, splice(at, 1)];
  }
}

describe('verifyAuditLog', () => {
  it('accepts a log as it was written', async () => {
    const { ok, size, root, faults, summary } = await verify(original.log);
    expect({ ok, size, root, faults }).toEqual({ ok: true, size: count, root: original.roots.at(-1), faults: [] });
    expect(root).toBe(rootOf(lines.map((line) => line.subarray(0, -1))));
    expect(summary).toMatchObject({ events: count, hospitals: 3, trainingEvents: 8 });
  });

  it('finds and locates every byte that is changed, put in or taken out of the log', async () => {
    for (const [what, log] of bytewise(original.log))
      await expectFound(log, what, linesOf(log).length === count ? 1 : undefined);
  });

  it('finds every byte that is changed, put in or taken out of the head', async () => {
    for (const [what, head] of bytewise(original.head)) {
      const { ok, faults } = await verifyInMemory(original.log, head);
      expect({ what, ok, faults: faults.length }).toEqual({ what, ok: false, faults: 1 });
    }
  });

  it('says the same of files as of bytes in memory', async () => {
    const cut = original.log.subarray(0, 500);
    for (const [log, head] of [
      [original.log, original.head],
      [cut, original.head],
      [Buffer.concat([original.log, cut]), original.head],
      [original.log, Buffer.from('{}\n')],
    ] as const) {
      const { faults, ok, size, root, summary } = await verify(log, head);
      const inMemory = await verifyInMemory(log, head);
      expect(inMemory).toMatchObject({ ok, size, root, summary });
      expect(inMemory.faults.map(({ file, line }) => [file, line])).toEqual(
        faults.map(({ file, line }) => [file, line]),
      );
    }
  });

  it('blames the head for a head that reads well and does not fit', async () => {
    const head = JSON.parse(original.head.toString()) as Parameters<typeof encodeHead>[0];
    for (const change of [
      { size: 11 },
      { size: 13 },
      { bytes: head.bytes + 1 },
      { bytes: 10 },
      { root: emptyRoot },
      { lastHash: emptyRoot },
    ]) {
      const { ok, faults } = await verify(original.log, encodeHead({ ...head, ...change }));
      expect({ ok, faults }).toMatchObject({ ok: false, faults: [{ file: 'head.json', line: 1, byteOffset: 0 }] });
    }
  });

  it('finds each pair of lines that changed places', async () => {
    for (let a = 0; a < count; a++)
      for (let b = a + 1; b < count; b++)
        await expectFound(Buffer.concat(lines.with(a, lines[b]!).with(b, lines[a]!)), `${a} and ${b}`, 2);
  });

  it('finds each line that is left out, and each that is there twice, next to itself or at the end', async () => {
    for (let n = 0; n < count; n++) {
      await expectFound(Buffer.concat(lines.toSpliced(n, 1)), `without ${n}`, 1);
      await expectFound(Buffer.concat(lines.toSpliced(n, 0, lines[n]!)), `${n} twice`, 1);
      await expectFound(Buffer.concat([...lines, lines[n]!]), `${n} again at the end`, 1);
    }
  });

  it('finds each line that was rewritten by someone who knows the format', async () => {
    for (let n = 0; n < count; n++) {
      const entry = decodeEntry(lines[n]!.subarray(0, -1));
      const event = { ...entry.event, details: { ...entry.event.details, forged: true } };
      for (const forged of [
        { ...entry, event },
        { ...entry, previousHash: leafHash(Buffer.from('x')) },
      ])
        await expectFound(Buffer.concat(lines.with(n, lineOf(forged))), `forged ${n}`, 1);
    }
  });

  it('locates changes of several lines, each of them', async () => {
    const forge = (n: number): Buffer => {
      const entry = decodeEntry(lines[n]!.subarray(0, -1));
      return lineOf({ ...entry, event: { ...entry.event, runId: 'other' } });
    };
    const { faults } = await verify(Buffer.concat(lines.with(2, forge(2)).with(5, forge(5)).with(11, forge(11))));
    expect(faults.map(({ line }) => line)).toEqual([3, 6, 12]);
  });

  it('finds a log that does not begin at its beginning, however well the rest fits', async () => {
    const line = encodeEntry({ event: sampleEvent(0), index: 0, previousHash: leafHash(Buffer.from('before')) });
    const log = Buffer.concat([line, Buffer.from('\n')]);
    const head = { version: 1, size: 1, bytes: log.length, root: rootOf([line]), lastHash: leafHash(line) } as const;
    expect(await verify(log, encodeHead(head))).toMatchObject({ ok: false, faults: [{ line: 1, index: 0 }] });
  });

  it('finds what was added at the end, however well it fits', async () => {
    const previousHash = leafHash(lines.at(-1)!.subarray(0, -1));
    const next = lineOf({ event: sampleEvent(count), index: count, previousHash });
    for (const added of [next, Buffer.concat([next, next]), Buffer.from('\n'), Buffer.from('{'), Buffer.alloc(1)])
      await expectFound(Buffer.concat([original.log, added]), `${added.length} bytes added`);
  });

  it('finds a log that was cut at any byte', async () => {
    for (let length = 0; length < original.log.length; length++)
      await expectFound(original.log.subarray(0, length), `cut to ${length} bytes`);
  });

  it('finds a missing file, and says where there is no log at all', async () => {
    await verify(original.log);
    await rm(join(directory, 'head.json'));
    expect(await verifyAuditLog(directory)).toMatchObject({ ok: false, size: count, faults: [{ file: 'head.json' }] });
    await verify(original.log);
    await rm(join(directory, 'log.jsonl'));
    expect(await verifyAuditLog(directory)).toMatchObject({
      ok: false,
      size: 0,
      faults: [{ file: 'log.jsonl', line: 1 }],
    });
    await mkdir(join(directory, 'log.jsonl'));
    expect(await verifyAuditLog(directory)).toMatchObject({ ok: false, faults: [{ file: 'log.jsonl' }] });
    await rm(join(directory, 'log.jsonl'), { recursive: true });
    await rm(join(directory, 'head.json'));
    await expect(verifyAuditLog(directory)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: directory });
    await expect(verifyAuditLog(join(directory, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('stops at a hundred faults of a log that is nothing but faults', async () => {
    await writeFile(join(directory, 'log.jsonl'), 'x\n'.repeat(5000));
    await rm(join(directory, 'head.json'), { force: true });
    const { ok, faults } = await verifyAuditLog(directory);
    expect({ ok, faults: faults.length }).toEqual({ ok: false, faults: 101 }); // and the missing head
  });

  it('does not fail on JSON that is nested beyond any stack', async () => {
    const { faults } = await verify(Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}\n`));
    expect(faults[0]).toMatchObject({ file: 'log.jsonl', line: 1 });
  });
});

describe('verifyAuditLog with an expected root', () => {
  it('accepts the root of every receipt', async () => {
    await writeBoth(directory, original);
    for (let index = 0; index < count; index++) {
      const options = { expectedRoot: original.roots[index]!, expectedSize: index + 1 };
      expect(await verifyAuditLog(directory, options)).toMatchObject({ ok: true, faults: [] });
    }
    expect((await verifyAuditLog(directory, { expectedRoot: original.roots.at(-1)! })).ok).toBe(true);
    expect((await verifyAuditLog(directory, { expectedRoot: emptyRoot, expectedSize: 0 })).ok).toBe(true);
    expect((await verifyAuditLog(directory, { expectedSize: count })).ok).toBe(true);
  });

  it('recognises the root of an earlier time, and says over how many entries it is', async () => {
    await writeBoth(directory, original);
    for (const index of [0, 5, count - 1])
      expect(await verifyAuditLog(directory, { expectedRoot: original.roots[index]! })).toMatchObject({
        ok: true,
        expectedSize: index + 1,
      });
    expect(await verifyAuditLog(directory)).not.toHaveProperty('expectedSize');
    const other = await verifyAuditLog(directory, { expectedRoot: 'a'.repeat(64) });
    expect(other).toMatchObject({ ok: false, faults: [{ message: expect.stringContaining('another log') }] });
    expect(other).not.toHaveProperty('expectedSize');
  });

  it('finds a log and a head that were rewritten together, which nothing else can', async () => {
    const forged = rewritten(4);
    await writeBoth(directory, forged);
    expect((await verifyAuditLog(directory)).ok).toBe(true);
    for (let index = 0; index < count; index++) {
      const expected = { expectedRoot: original.roots[index]!, expectedSize: index + 1 };
      expect((await verifyAuditLog(directory, expected)).ok).toBe(index < 4);
    }
    const { faults } = await verifyAuditLog(directory, { expectedRoot: original.roots.at(-1)! });
    expect(faults).toMatchObject([
      { file: 'log.jsonl', line: 1, message: expect.stringContaining(original.roots.at(-1)!) },
    ]);
  });

  it('finds a log and a head that were cut together', async () => {
    const last = decodeEntry(lines[7]!.subarray(0, -1));
    const log = Buffer.concat(lines.slice(0, 8));
    const head = encodeHead({
      version: 1,
      size: 8,
      bytes: log.length,
      root: original.roots[7]!,
      lastHash: leafHash(encodeEntry(last)),
    });
    expect(await verify(log, head)).toMatchObject({ ok: true, size: 8 });
    const { faults } = await verifyAuditLog(directory, { expectedSize: count });
    expect(faults).toMatchObject([
      { line: 9, byteOffset: log.length, message: expect.stringContaining('after 8 of 12') },
    ]);
    expect((await verifyAuditLog(directory, { expectedRoot: original.roots[11]!, expectedSize: 12 })).ok).toBe(false);
  });

  it('names an option that can not be meant', async () => {
    const refused = { code: 'CONFIG_INVALID', subject: 'expectedRoot' };
    await expect(verifyAuditLog(directory, { expectedRoot: 'abc' })).rejects.toMatchObject(refused);
    await expect(verifyAuditLog(directory, { expectedSize: -1 })).rejects.toMatchObject({ subject: 'expectedSize' });
  });
});

function lineOf(entry: LineEntry): Buffer {
  return Buffer.from(`${canonicalJson(entry)}\n`);
}

/** The log as someone would forge it who may write both files: entry `from` changed, all after it made to fit. */
function rewritten(from: number): { log: Buffer; head: Buffer } {
  let previousHash = emptyRoot;
  const forged = lines.map((line, index) => {
    const { event } = decodeEntry(line.subarray(0, -1));
    const bytes = encodeEntry({ event: index === from ? { ...event, runId: 'forged' } : event, index, previousHash });
    previousHash = leafHash(bytes);
    return bytes;
  });
  const log = Buffer.concat(forged.flatMap((line) => [line, Buffer.from('\n')]));
  const head = { version: 1, size: count, bytes: log.length, root: rootOf(forged), lastHash: previousHash } as const;
  return { log, head: encodeHead(head) };
}

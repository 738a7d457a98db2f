import { randomBytes } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BlobRef } from './chunks.js';
import { bytesSink, fileSink, type BlobSink } from './sink.js';
import { bytesSource, fileSource } from './source.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fedward-blobs-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function keptBy(sink: BlobSink, ref: BlobRef): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  onTestFinished(() => sink.pause());
  for await (const piece of sink.kept(ref)) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}

describe('sources', () => {
  it('of a file and of bytes are the same', async () => {
    const bytes = randomBytes(3_000_000);
    const path = join(folder(), 'file');
    writeFileSync(path, bytes);
    for (const source of [await fileSource(path), bytesSource(bytes)]) {
      expect(source.size).toBe(bytes.length);
      expect(await source.digest()).toBe(sha256(bytes));
      expect(Buffer.compare(await source.read(1_000_001, 999_999), bytes.subarray(1_000_001, 2_000_000))).toBe(0);
    }
  });

  it('that become shorter, or are not there, are named', async () => {
    const path = join(folder(), 'file');
    await expect(fileSource(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: path });
    writeFileSync(path, 'long enough');
    const source = await fileSource(path);
    truncateSync(path, 4);
    await expect(source.read(0, 11)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: path });
    rmSync(path);
    await expect(source.read(0, 4)).rejects.toMatchObject({ code: 'STORAGE_FAILED', subject: path });
  });
});

describe('fileSink', () => {
  const bytes = randomBytes(2_500_000);
  const ref = { sha256: sha256(bytes), size: bytes.length };

  it('shows nothing before it is whole, and goes on with what it has', async () => {
    const inside = folder();
    const path = join(inside, 'new', 'file');
    const first = fileSink(path);
    expect(await keptBy(first, ref)).toHaveLength(0);
    await first.write(bytes.subarray(0, 1_500_000));
    await first.pause();
    const again = fileSink(path);
    expect(Buffer.compare(await keptBy(again, ref), bytes.subarray(0, 1_500_000))).toBe(0);
    expect(readdirSync(join(inside, 'new'))).toEqual([expect.stringMatching(/^\.file\.[0-9a-f]{16}\.partial$/)]);
    await again.write(bytes.subarray(1_500_000));
    await again.finish();
    expect(readdirSync(join(inside, 'new'))).toEqual(['file']);
    expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps nothing of what was discarded, of another blob, or too long', async () => {
    const path = join(folder(), 'file');
    const sink = fileSink(path);
    await keptBy(sink, ref);
    await sink.write(bytes);
    await sink.discard();
    expect(await keptBy(sink, ref)).toHaveLength(0);
    await sink.write(bytes);
    await sink.pause();
    expect(await keptBy(fileSink(path), { sha256: 'b'.repeat(64), size: bytes.length })).toHaveLength(0);
    expect(await keptBy(fileSink(path), { ...ref, size: 10 })).toHaveLength(0);
  });

  it.skipIf(process.platform === 'win32')('does not write where a link leads', async () => {
    const inside = folder();
    const victim = join(folder(), 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(inside, `.file.${ref.sha256.slice(0, 16)}.partial`));
    await expect(keptBy(fileSink(join(inside, 'file')), ref)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });
});

describe('bytesSink', () => {
  it('refuses what is too large before anything is fetched, and hands out nothing that is not whole', async () => {
    const sink = bytesSink(10);
    await expect(keptBy(sink, { sha256: 'a'.repeat(64), size: 11 })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await keptBy(sink, { sha256: 'a'.repeat(64), size: 10 });
    await sink.write(new Uint8Array(10).fill(3));
    expect(() => sink.bytes()).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    await sink.finish();
    expect([...sink.bytes()]).toEqual(Array(10).fill(3));
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestFile } from './digest-file.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-digest-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has the digest of a file of several pieces, of an empty one, of none, and of no folder', async () => {
  const bytes = Uint8Array.from({ length: 2 ** 21 + 5 }, (_, i) => (i * 31) % 251);
  writeFileSync(join(folder, 'large'), bytes);
  writeFileSync(join(folder, 'empty'), '');
  expect(await digestFile(join(folder, 'large'))).toBe(sha256(bytes));
  expect(await digestFile(join(folder, 'empty'))).toBe(sha256(new Uint8Array(0)));
  expect(await digestFile(join(folder, 'none'))).toBeUndefined();
  await expect(digestFile(folder)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: folder });
});

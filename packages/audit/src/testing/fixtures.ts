import type { AuditEvent } from '@fedward/core';
import { signerFromPkcs8, type Signer } from '@fedward/kit-keys';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { openAuditLog, type AuditLogOptions } from '../open.js';

/** An event as a run would append it, different for each number. */
export function sampleEvent(n: number): AuditEvent {
  const time = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
  if (n === 0) return { type: 'run-start', time, runId: 'run-1', details: { plan: 'a', rounds: 3 } };
  return {
    type: n % 4 === 3 ? 'aggregation' : 'training',
    time,
    runId: 'run-1',
    round: Math.floor(n / 4),
    clientId: `hospital-${n % 3}`,
    details: { samples: 100 + n, note: n % 5 === 0 ? 'Krankenhaus Zürich "Süd"' : 'ok' },
  };
}

/** A new directory, gone after `use`. */
export async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'fedward-audit-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes a log of this many entries and closes it. @returns the roots of its receipts */
export async function writeLog(
  directory: string,
  count: number,
  options: AuditLogOptions = {},
): Promise<readonly string[]> {
  const log = await openAuditLog(directory, { fsync: false, ...options });
  const receipts = await Promise.all(Array.from({ length: count }, (_, n) => log.append(sampleEvent(n))));
  await log.close();
  return receipts.map(({ root }) => root);
}

/** The same key for each name and secret, so that logs are the same whenever they are written. */
export function testSigner(name = 'hospital-0', secret = name): Signer {
  const seed = createHash('sha256').update(secret).digest();
  return signerFromPkcs8(name, Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]));
}

/** All files below a folder, by their paths from there on, with slashes. */
export function filesIn(directory: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const item of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    if (item.isFile()) files.set(relative(directory, path).split(sep).join('/'), readFileSync(path));
  }
  return files;
}

/** The same as hexadecimal text, which is quickly compared. */
export function textsOf(files: ReadonlyMap<string, Buffer>): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString('hex')]));
}

/** Makes a folder hold these files and no others. */
export function putFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
}

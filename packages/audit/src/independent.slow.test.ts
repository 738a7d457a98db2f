import { createPublicKey, webcrypto } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAuditLog } from './open.js';
import { filesIn, inDirectory, putFiles, sampleEvent, testSigner, writeLog } from './testing/fixtures.js';

/*
 * A reader of C2SP tlog-tiles, signed-note and tlog-checkpoint that shares no code with this project: written from the
 * specifications, with WebCrypto, and with the recursion of RFC 6962 as it stands there.
 */
const { subtle } = webcrypto;
const sha256 = async (...parts: Uint8Array[]) => Buffer.from(await subtle.digest('SHA-256', Buffer.concat(parts)));

async function theirRoot(hashes: Buffer[]): Promise<Buffer> {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0]!;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  const [left, right] = [await theirRoot(hashes.slice(0, split)), await theirRoot(hashes.slice(split))];
  return sha256(Buffer.of(1), left, right);
}

/** Verifies a folder by the key's raw 32 bytes. @returns the entries */
async function verifyAsOthersDo(folder: string, origin: string, publicKey: Buffer): Promise<string[]> {
  const read = (path: string) => readFileSync(join(folder, path));
  const [text, signatures] = read('checkpoint').toString().split('\n\n') as [string, string];
  const [name, digits, rootText] = text.split('\n') as [string, string, string];
  if (name !== origin) throw new Error('another origin');
  const line = signatures.split('\n').find((one) => one.startsWith(`— ${origin} `))!;
  const bytes = Buffer.from(line.split(' ')[2]!, 'base64');
  if (bytes.toString('base64') !== line.split(' ')[2]) throw new Error('no base64');
  const id = await sha256(Buffer.from(`${origin}\n`), Buffer.of(1), publicKey);
  if (!bytes.subarray(0, 4).equals(id.subarray(0, 4))) throw new Error('another key');
  const key = await subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
  if (!(await subtle.verify({ name: 'Ed25519' }, key, bytes.subarray(4), Buffer.from(`${text}\n`))))
    throw new Error('the signature does not hold');

  const size = Number(digits);
  const part = (n: number, total: number) => {
    const width = Math.min(256, total - n * 256);
    return `${String(n).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`; // fewer than 1,000 tiles
  };
  const entries: string[] = [];
  let row: Buffer[] = [];
  for (let n = 0; n * 256 < size; n++) {
    const bundle = read(`tile/entries/${part(n, size)}`);
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
      const entry = bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at));
      entries.push(entry.toString());
      row.push(await sha256(Buffer.of(0), entry));
    }
  }
  if (entries.length !== size) throw new Error('another number of entries');
  if ((await theirRoot(row)).toString('base64') !== rootText) throw new Error('another root');
  for (let level = 0; row.length > 0; level++) {
    const above: Buffer[] = [];
    for (let n = 0; n * 256 < row.length; n++) {
      const hashes = row.slice(n * 256, (n + 1) * 256);
      if (!read(`tile/${level}/${part(n, row.length)}`).equals(Buffer.concat(hashes))) throw new Error('another tile');
      if (hashes.length === 256) above.push(await theirRoot(hashes));
    }
    row = above;
  }
  return entries;
}

const signer = testSigner('hospital-0');
const publicKey = Buffer.from(signer.verifierKey.split('+').slice(2).join('+'), 'base64').subarray(1);

it('a verifier of others reads and verifies what a log leaves', () =>
  inDirectory(async (parent) => {
    expect(createPublicKey({ key: spki(publicKey), format: 'der', type: 'spki' }).asymmetricKeyType).toBe('ed25519');
    for (const count of [0, 1, 254, 255, 256, 700]) {
      const directory = join(parent, String(count));
      await writeLog(directory, count, { signer });
      const entries = await verifyAsOthersDo(directory, signer.name, publicKey);
      expect(entries).toHaveLength(count + 1);
      expect(entries.slice(1).map((entry) => JSON.parse(entry).event)).toEqual(
        Array.from({ length: count }, (_, n) => sampleEvent(n)),
      );
    }
  }));

it('also of a log that goes on, at any moment after its first tiles', () =>
  inDirectory(async (directory) => {
    const log = await openAuditLog(directory, { signer, fsync: false });
    const append = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => log.append(sampleEvent(n))));
    await append(5000);
    while (!existsSync(join(directory, 'checkpoint'))) await append(1);
    expect((await verifyAsOthersDo(directory, signer.name, publicKey)).length).toBeGreaterThanOrEqual(4096);
    await log.close();
    expect((await verifyAsOthersDo(directory, signer.name, publicKey)).length).toBeGreaterThan(5000);
  }));

it('and finds what was changed', () =>
  inDirectory(async (parent) => {
    const directory = join(parent, 'log');
    await writeLog(directory, 300, { signer });
    const files = filesIn(directory);
    for (const [path, bytes] of files)
      for (const at of [5, bytes.length - 2]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 1;
        putFiles(directory, new Map([...files, [path, changed]]));
        await expect(verifyAsOthersDo(directory, signer.name, publicKey), path).rejects.toThrow();
      }
  }));

function spki(raw: Buffer): Buffer {
  return Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
}

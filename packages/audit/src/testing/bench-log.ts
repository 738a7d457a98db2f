/**
 * What a log costs: `bench-log DIRECTORY [EVENTS] [fsync|no-fsync]`. Appends, all of them at once as far as memory is
 * concerned, then verifies what it has left; prints both as events a second.
 */
import { generateKeyPairSync } from 'node:crypto';
import { signerOf } from '@fedward/kit-keys';
import { openAuditLog } from '../open.js';
import { verifyAuditLog } from '../verify.js';
import { sampleEvent } from './fixtures.js';

const [directory, count = '100000', fsync = 'fsync'] = process.argv.slice(2);
const events = Number(count);
const atOnce = 512;
const signer = signerOf('bench', generateKeyPairSync('ed25519').privateKey);

const began = performance.now();
const log = await openAuditLog(directory!, { signer, fsync: fsync === 'fsync' });
let next = 0;
/** As many callers as a busy server has: each waits for its event before it has another. */
const caller = async () => {
  while (next < events) await log.append(sampleEvent(next++));
};
await Promise.all(Array.from({ length: atOnce }, caller));
const appended = performance.now();
await log.close();
const closed = performance.now();
const before = process.cpuUsage();
const { ok, size } = await verifyAuditLog(directory!, { keys: [signer.verifierKey] });
const verified = performance.now();
const { user, system } = process.cpuUsage(before);

const perSecond = (from: number, to: number) => Math.round(events / ((to - from) / 1000));
const found = {
  ok,
  size,
  appendsPerSecond: perSecond(began, appended),
  closeMilliseconds: Math.round(closed - appended),
  verifySeconds: Number(((verified - closed) / 1000).toFixed(2)),
  /** What it took of processors, whatever else they did. */
  verifyProcessorSeconds: Number(((user + system) / 1e6).toFixed(2)),
  memoryMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
};
process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);

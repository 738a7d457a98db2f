import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';
import { natsServer, startHub, type TestHub } from '../../../../tools/testing/nats-hub.js';
import { ensureDown, ensureSiteStreams } from '../streams/ensure.js';
import { subjects } from '../subjects.js';
import { asCoordinator, asSite } from '../testing/reach.js';
import { chunkSize } from './chunks.js';
import { getBlob } from './get.js';
import { listBlobs, purgeBlob } from './list.js';
import { putBlob } from './put.js';
import { bytesSink, fileSink } from './sink.js';
import { bytesSource } from './source.js';

const received = async (connection: NatsConnection, space: 'up' | 'down', ref: { sha256: string; size: number }) => {
  const sink = bytesSink(2 ** 30);
  await getBlob(connection, space, ref, sink);
  return sink.bytes();
};

describe.skipIf(!natsServer).each(['url', 'webSocketUrl'] as const)('blobs by %s', (route) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-blobs-'));
  let hub: TestHub;
  let connections: NatsConnection[];
  let [site, atSite, coordinator]: NatsConnection[] = [];

  beforeAll(async () => {
    hub = await startHub({ sites: ['a', 'b'] });
    const more = { servers: [hub[route]] };
    connections = [await asSite(hub, 'a', more), await asCoordinator(hub, 'a', more), await asCoordinator(hub, undefined, more)]; // prettier-ignore
    [site, atSite, coordinator] = connections;
    await ensureDown(coordinator!);
    await ensureSiteStreams(atSite!);
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([0, 1, chunkSize, chunkSize + 1, 20 * chunkSize + 7])('go up and down whole: %i bytes', async (size) => {
    const bytes = randomBytes(size);
    const up = await putBlob(site!, 'up', bytesSource(bytes));
    expect(up).toEqual({ sha256: sha256(bytes), size, sent: Math.ceil(size / chunkSize) });
    expect(Buffer.compare(await received(atSite!, 'up', up), bytes)).toBe(0);
    const down = await putBlob(coordinator!, 'down', bytesSource(bytes));
    expect(Buffer.compare(await received(site!, 'down', down), bytes)).toBe(0);
    expect((await putBlob(site!, 'up', bytesSource(bytes))).sent).toBe(0);
    expect(await listBlobs(atSite!, 'up')).toContainEqual({ sha256: up.sha256, whole: true });
    await purgeBlob(atSite!, 'up', up);
    expect((await listBlobs(atSite!, 'up')).map((blob) => blob.sha256)).not.toContain(up.sha256);
    await expect(received(atSite!, 'up', up)).rejects.toMatchObject({ code: 'BLOB_MISSING', subject: up.sha256 });
  });

  it('send what is missing and nothing else', async () => {
    const bytes = randomBytes(20 * chunkSize);
    const first = await putBlob(site!, 'up', bytesSource(bytes));
    for (const part of [3, 17, 'm'] as const)
      await atSite!.request('$JS.API.STREAM.PURGE.UP', JSON.stringify({ filter: subjects.chunk('up', first.sha256, part) })); // prettier-ignore
    const sent: number[] = [];
    const again = await putBlob(site!, 'up', bytesSource(bytes), { onChunk: (index) => void sent.push(index) });
    expect(again.sent).toBe(2);
    expect(sent.toSorted((a, b) => a - b)).toEqual([3, 17]);
    expect(Buffer.compare(await received(atSite!, 'up', again), bytes)).toBe(0);
  });

  it('are fetched once more where what was kept of them is damaged', async () => {
    const bytes = randomBytes(3 * chunkSize);
    const ref = await putBlob(site!, 'up', bytesSource(bytes));
    const path = join(folder, `${route}-damaged`);
    const draft = join(folder, `.${route}-damaged.${ref.sha256.slice(0, 16)}.partial`);
    writeFileSync(draft, Buffer.alloc(2 * chunkSize + 5));
    const fetched: number[] = [];
    await getBlob(atSite!, 'up', ref, fileSink(path), { onChunk: (index) => void fetched.push(index) });
    expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
    expect(fetched).toEqual([2, 0, 1, 2]);
  });

  it('are refused where the hub has something else under their name', async () => {
    const digest = sha256('what was meant');
    await site!.request(subjects.chunk('up', digest, 0), 'something else');
    const manifest = { v: 1, size: 14, chunk: chunkSize, count: 1, digest };
    await site!.request(subjects.chunk('up', digest, 'm'), JSON.stringify(manifest));
    await expect(received(atSite!, 'up', { sha256: digest, size: 14 })).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
    });
    await expect(received(atSite!, 'up', { sha256: digest, size: 15 })).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
    });
  });
});

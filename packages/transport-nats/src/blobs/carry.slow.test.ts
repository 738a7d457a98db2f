import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildScript } from '../../../../tools/testing/build-script.js';
import { startConnectProxy } from '../../../../tools/testing/connect-proxy.js';
import { startHub, type TestHub } from '../../../../tools/testing/nats-hub.js';
import { natsServers } from '../../../../tools/testing/nats-servers.js';
import { ensureSiteStreams } from '../streams/ensure.js';
import { identities } from '../subjects.js';
import { runErrand } from '../testing/errands.js';
import { asCoordinator, asSite } from '../testing/reach.js';
import { chunkSize } from './chunks.js';
import { getBlob } from './get.js';
import { putBlob } from './put.js';
import { bytesSink } from './sink.js';
import { bytesSource } from './source.js';

const megabyte = 1_000_000;
const root = mkdtempSync(join(tmpdir(), 'fedward-carry-'));
let script: string;

beforeAll(async () => {
  script = await buildScript(new URL('../testing/carry.ts', import.meta.url), root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const servers = natsServers({ download: true });

for (const { version, path, missing } of servers)
  describe.skipIf(missing !== undefined)(
    `blobs by nats-server ${version}${missing === undefined ? '' : `: ${missing}`}`,
    () => {
      const folder = join(root, version);
      let hub: TestHub;
      beforeAll(async () => {
        mkdirSync(folder);
        hub = await startHub({ sites: ['a'], server: path! });
        const coordinator = await asCoordinator(hub, 'a');
        await ensureSiteStreams(coordinator);
        await coordinator.close();
      });
      afterAll(() => hub.close());

      const errands = async (file: string) => ({
        up: { server: hub.url, party: 'a', identity: await hub.party(identities.site('fed', 'a')), file },
        down: { server: hub.url, party: 'coordinator', identity: await hub.party(identities.coordinatorAt('fed', 'a')), file: `${file}.got` }, // prettier-ignore
      });

      it('killed on the way, what is sent and fetched again is what is missing', async () => {
        const file = join(folder, 'killed');
        const bytes = randomBytes(100 * megabyte);
        writeFileSync(file, bytes);
        const count = Math.ceil(bytes.length / chunkSize);
        const { up, down } = await errands(file);
        for (const killAfter of [50, 60]) expect(await runErrand(script, folder, up, killAfter)).toBeUndefined();
        const sent = await runErrand(script, folder, up);
        // What was under way when it was killed may have arrived or not: at most a window of each process.
        expect(sent!.sent).toBeGreaterThan(0);
        expect(sent!.sent).toBeLessThanOrEqual(count - 110 + 2);
        const fetch = { ...down, ref: sent!.ref };
        expect(await runErrand(script, folder, fetch, 70)).toBeUndefined();
        expect(readdirSync(folder)).not.toContain('killed.got');
        expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toHaveLength(1);
        await runErrand(script, folder, fetch);
        expect(sha256(readFileSync(`${file}.got`))).toBe(sha256(bytes));
        expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
      });

      it('memory does not grow with what is carried', async () => {
        const most: number[] = [];
        const figures: string[] = [];
        for (const megabytes of [40, 500]) {
          const file = join(folder, `large-${megabytes}`);
          const piece = randomBytes(megabyte);
          writeFileSync(file, '');
          for (let i = 0; i < megabytes; i++) {
            piece.writeUInt32BE(i);
            writeFileSync(file, piece, { flag: 'a' });
          }
          const { up, down } = await errands(file);
          const sent = (await runErrand(script, folder, up))!;
          const got = (await runErrand(script, folder, { ...down, ref: sent.ref }))!;
          for (const { most: bytes } of [sent, got]) most.push(bytes);
          figures.push(...[sent, got].map((one) => `${megabytes} MB: ${one.milliseconds} ms, ${Math.round(one.most / 2 ** 20)} MiB`)); // prettier-ignore
          rmSync(file);
          rmSync(`${file}.got`);
        }
        process.stdout.write(`${version} up and down: ${figures.join('; ')}\n`);
        expect(Math.max(...most)).toBeLessThan(200 * megabyte);
      });

      it('the hub killed, then gone with its disk: what was sent is sent again', async () => {
        const [site, coordinator] = [await asSite(hub, 'a'), await asCoordinator(hub, 'a')];
        onTestFinished(async () => void (await Promise.all([site.close(), coordinator.close()])));
        const bytes = randomBytes(60 * megabyte);
        let [chunks, crashed] = [0, Promise.resolve()];
        const onChunk = (): void => {
          if (++chunks === 30) crashed = hub.crash();
        };
        const ref = await putBlob(site, 'up', bytesSource(bytes), { onChunk });
        await crashed;
        const sink = bytesSink(2 ** 30);
        await getBlob(coordinator, 'up', ref, sink);
        expect(sha256(sink.bytes())).toBe(ref.sha256);
        await hub.crash({ wipe: true });
        await expect.poll(() => coordinator.rtt().catch(() => -1)).toBeGreaterThanOrEqual(0);
        await expect(getBlob(coordinator, 'up', ref, bytesSink(2 ** 30))).rejects.toMatchObject({
          code: 'BLOB_MISSING',
        });
        await ensureSiteStreams(coordinator);
        expect((await putBlob(site, 'up', bytesSource(bytes))).sent).toBe(Math.ceil(bytes.length / chunkSize));
        await getBlob(coordinator, 'up', ref, bytesSink(2 ** 30));
      });

      it('a proxy that is killed and comes back costs nothing but time', async () => {
        const proxy = await startConnectProxy({ credentials: 'a:b', ports: [Number(new URL(hub.webSocketUrl).port)] });
        const through = { servers: [hub.webSocketUrl], proxy: proxy.url.replace('//', '//a:b@') };
        const [site, coordinator] = [await asSite(hub, 'a', through), await asCoordinator(hub, 'a')];
        onTestFinished(async () => void (await Promise.all([site.close(), coordinator.close(), proxy.kill()])));
        const bytes = randomBytes(40 * megabyte);
        let [chunks, restarted] = [0, Promise.resolve()];
        const onChunk = (): void => {
          if (++chunks === 20) restarted = proxy.kill().then(() => proxy.start());
        };
        const ref = await putBlob(site, 'up', bytesSource(bytes), { onChunk });
        await restarted;
        expect(proxy.answers.length).toBeGreaterThan(1);
        const sink = bytesSink(2 ** 30);
        await getBlob(coordinator, 'up', ref, sink);
        expect(sha256(sink.bytes())).toBe(ref.sha256);
      });
    },
  );

import { readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import type { NatsConnection } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startHub, type TestHub } from '../../../../tools/testing/nats-hub.js';
import { natsServers } from '../../../../tools/testing/nats-servers.js';
import { bytesSource } from '../blobs/source.js';
import { putBlob } from '../blobs/put.js';
import { ask } from '../connect/ask.js';
import { connectHub } from '../connect/connect.js';
import type { HubIdentity, HubStatus } from '../connect/hub-options.js';
import { createAuthority, createCertificate } from '../pki/authority.js';
import { askApi } from '../streams/api.js';
import { ensureDown, ensureSiteStreams } from '../streams/ensure.js';
import { identities, subjects } from '../subjects.js';
import { asCoordinator, asSite, optionsOf } from '../testing/reach.js';
import { accountOf, sitePublishes } from './config.js';

const MiB = 2 ** 20;

/** Of a stream in whoever's account this is: how many messages, how many bytes. */
async function stateOf(connection: NatsConnection, stream: string): Promise<{ messages: number; bytes: number }> {
  const answer = await askApi(connection, `STREAM.INFO.${stream}`, undefined);
  if ('failure' in answer) throw new Error(answer.failure.words);
  return answer.value['state'] as { messages: number; bytes: number };
}

/** The reply subject of a request is where JetStream publishes its answer: that of another's result. */
async function forgeByReply(attacker: NatsConnection, victimsResult: string): Promise<void> {
  attacker.publish('$JS.API.STREAM.INFO.UP', '', { reply: victimsResult });
  attacker.publish(`$JS.API.DIRECT.GET.DOWN.${subjects.chunk('down', 'f'.repeat(64), 0)}`, '', {
    reply: victimsResult,
  });
  await attacker.flush();
  // What the server does with it comes after its answer to the flush.
  await new Promise((resolve) => setTimeout(resolve, 300));
}

/** As if all hospitals had one account and each its own permissions. */
function oneAccount(config: string): string {
  const of = (site: string): string => {
    const allowed = sitePublishes.map((subject) => `"${subject.replace('fw.v1.result.', `fw.v1.result.${site}.`)}"`);
    return `{ user: "${identities.site('fed', site)}", permissions: { publish: { allow: [ ${allowed.join(', ')} ] }, subscribe: { allow: [ "_INBOX_${site}.>" ] } } }`;
  };
  const users = [`{ user: "${identities.coordinator('fed')}" }`, of('a'), of('b')];
  const accounts = [
    'accounts {',
    '  SYS { users: [] }',
    '  ONE {',
    '    jetstream { max_file: 1073741824 }',
    `    users: [ ${users.join(', ')} ]`,
    '  }',
    '}',
    '',
  ].join('\n');
  return config.replace(/accounts \{[\s\S]*(?=system_account)/, accounts);
}

for (const { version, path, missing } of natsServers({ download: true }))
  describe.skipIf(missing !== undefined)(`nats-server ${version}${missing === undefined ? '' : `: ${missing}`}`, () => {
    let hub: TestHub;
    let connections: NatsConnection[] = [];
    let [a, b, atA, atB, coordinator]: NatsConnection[] = [];
    beforeAll(async () => {
      hub = await startHub({ sites: ['a', 'b'], server: path! });
      connections = [await asSite(hub, 'a'), await asSite(hub, 'b'), await asCoordinator(hub, 'a'), await asCoordinator(hub, 'b'), await asCoordinator(hub)]; // prettier-ignore
      [a, b, atA, atB, coordinator] = connections;
      await ensureDown(coordinator!);
      await ensureSiteStreams(atA!, 32 * MiB);
      await ensureSiteStreams(atB!, 32 * MiB);
    });
    afterAll(async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await hub.close();
    });

    it("a site's request with another's result as its reply subject ends in its own account", async () => {
      await forgeByReply(a!, subjects.result('b-task'));
      expect((await stateOf(atB!, 'RESULTS')).messages).toBe(0);
      const taken = await ask(b!, subjects.result('b-task'), 'what b found');
      expect(JSON.parse(taken.string())).not.toHaveProperty('error');
    });

    it('which in one account for all would forge the result and block the true one', async () => {
      const shared = await startHub({ sites: ['a', 'b'], server: path!, rewrite: oneAccount });
      const [one, other, all] = [await asSite(shared, 'a'), await asSite(shared, 'b'), await asCoordinator(shared)];
      onTestFinished(async () => {
        await Promise.all([one, other, all].map((connection) => connection.close()));
        await shared.close();
      });
      await ensureDown(all, 32 * MiB);
      await ensureSiteStreams(all, 32 * MiB);
      // Its own permissions do not let it write there.
      await expect(ask(one, 'fw.v1.result.b.task', 'forged')).rejects.toMatchObject({ code: 'HUB_REFUSED' });
      await forgeByReply(one, 'fw.v1.result.b.task');
      expect((await stateOf(all, 'RESULTS')).messages).toBe(1);
      const refused = await ask(other, 'fw.v1.result.b.task', 'what b found');
      expect(refused.string()).toMatch(/maximum messages per subject exceeded/);
    });

    it('a site can not ask for what is not its own, nor change what is', async () => {
      const blob = await putBlob(b!, 'up', bytesSource(Buffer.from('of b')));
      const chunk = subjects.chunk('up', blob.sha256, 0);
      await ask(atA!, subjects.task('answer', 'run'), 'a question for a');
      for (const subject of [
        `$JS.API.DIRECT.GET.UP.${chunk}`,
        '$JS.API.STREAM.MSG.GET.UP',
        '$JS.API.STREAM.INFO.TASKS',
        '$JS.API.STREAM.CREATE.MINE',
        '$JS.API.STREAM.UPDATE.TASKS',
        '$JS.API.STREAM.DELETE.TASKS',
        '$JS.API.STREAM.PURGE.RESULTS',
        '$JS.API.CONSUMER.CREATE.TASKS.mine',
        '$JS.API.CONSUMER.DURABLE.CREATE.TASKS.mine',
        '$JS.API.CONSUMER.DELETE.TASKS.site',
        '$JS.API.INFO',
        subjects.task('answer', 'run'),
        subjects.chunk('down', blob.sha256, 0),
        '$SYS.REQ.SERVER.PING',
        'anything.else',
      ])
        await expect(ask(a!, subject, '', { tries: 1 }), subject).rejects.toMatchObject({ code: 'HUB_REFUSED' });
      expect((await stateOf(atA!, 'TASKS')).messages).toBe(1);
    });

    it('a site can not listen to anything but its own inbox', async () => {
      for (const subject of ['>', 'fw.v1.>', subjects.chunks('up'), '_INBOX_b.>', '_INBOX_coordinator.>', '$SYS.>']) {
        const refusal = await new Promise<Error | null>((resolve) => {
          a!.subscribe(subject, { callback: (error) => resolve(error) });
          void a!.flush().then(() => setTimeout(() => resolve(null), 200));
        });
        expect(refusal?.name, subject).toBe('PermissionViolationError');
      }
    });

    it('a flood from one site fills its own room and no more, and the others go on', async () => {
      const garbage = new Uint8Array(200 * 1024).fill(7);
      let [flooding, flooded] = [true, 0];
      const flood = (async () => {
        while (flooding) {
          for (let i = 0; i < 20; i++) {
            a!.publish(subjects.result(`flood-${flooded}`), garbage);
            a!.publish(`fw.v1.up.${flooded}.0`, garbage);
            a!.publish(subjects.request(`flood-${flooded++}`), garbage.subarray(0, 60 * 1024));
          }
          await a!.flush();
        }
      })();
      const waits: number[] = [];
      while (flooded < 1000) {
        const begun = performance.now();
        await ask(atB!, subjects.task('answer', `run-${waits.length}`), 'a question for b');
        waits.push(performance.now() - begun);
      }
      flooding = false;
      await flood;
      const states = await Promise.all(['RESULTS', 'UP', 'STATUS'].map((stream) => stateOf(atA!, stream)));
      const bytes = states.reduce((sum, state) => sum + state.bytes, 0);
      process.stdout.write(`${version}: ${Math.round((flooded * 460 * 1024) / MiB)} MiB of garbage, ${Math.round(bytes / MiB)} MiB kept; ${waits.length} requests of others meanwhile, the slowest ${Math.round(Math.max(...waits))} ms\n`); // prettier-ignore
      expect(bytes).toBeLessThanOrEqual(32 * MiB);
      expect(bytesBelow(join(hub.folder, 'store', 'jetstream', accountOf('a')))).toBeLessThan(64 * MiB);
      expect(waits.length).toBeGreaterThan(10);
      expect(a!.isClosed()).toBe(false);
      await expect(putBlob(a!, 'up', bytesSource(garbage))).rejects.toMatchObject({ code: 'HUB_FULL' });
    });

    it('a member is no hub: its certificate is not one, whatever address it takes', async () => {
      const party = await hub.party(identities.site('fed', 'b'));
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.write('INFO {"server_id":"x","version":"2.9.10","max_payload":1048576,"tls_required":true}\r\n');
        const tls = new TLSSocket(socket, { isServer: true, cert: party.certificate, key: party.key });
        tls.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const stop = new AbortController();
      let why = '';
      const onStatus = (status: HubStatus): void => {
        why = status.why ?? '';
        stop.abort();
      };
      const servers = [`tls://127.0.0.1:${(server.address() as { port: number }).port}`];
      const identity = await hub.party(identities.site('fed', 'a'));
      const refused = connectHub({ ...optionsOf(hub, 'a', identity), servers, onStatus, signal: stop.signal });
      await expect(refused).rejects.toMatchObject({ code: 'ABORTED' });
      expect(why).toMatch(/certificate/);
    });

    it.each(['url', 'webSocketUrl'] as const)(
      'nobody is let in without a certificate of a member: %s',
      async (route) => {
        const site = await hub.party(identities.site('fed', 'a'));
        const [other, another] = [await createAuthority('another'), await hub.party(identities.site('fed', 'b'))];
        const selfMade = await createCertificate(other, { commonName: 'a', uri: identities.site('fed', 'a'), usage: 'client', days: 1 }); // prettier-ignore
        const forServers = await createCertificate(hub.authority, { commonName: 'a', uri: identities.site('fed', 'a'), usage: 'server', days: 1 }); // prettier-ignore
        const attempts: readonly (readonly [Partial<HubIdentity>, RegExp])[] = [
          [{ certificate: '', key: '' }, /certificate/],
          [selfMade, /certificate/],
          [forServers, /certificate/],
          [{ key: another.key }, /key values mismatch/],
          [await hub.party(identities.site('fed', 'stranger')), /not a member yet, or it was revoked/],
          [await hub.party(identities.site('other', 'a')), /not a member yet, or it was revoked/],
        ];
        for (const [shown, words] of attempts) {
          const stop = new AbortController();
          const statuses: HubStatus[] = [];
          const onStatus = (status: HubStatus): void => {
            statuses.push(status);
            stop.abort();
          };
          const options = {
            ...optionsOf(hub, 'a', { ...site, ...shown }),
            servers: [hub[route]],
            onStatus,
            signal: stop.signal,
          };
          await expect(connectHub(options)).rejects.toMatchObject({ code: 'ABORTED' });
          expect(statuses).toMatchObject([{ state: 'waiting', why: expect.stringMatching(words) }]);
        }
      },
    );
  });

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
}

import { readSiteIdentity, renewIfDue } from '@fedward/site';
import { connectedAt, connectHub, ensureSiteStreams, identities, renew, watchHub } from '@fedward/transport-nats';
import type { HubEvent, HubIdentity, HubStatus } from '@fedward/transport-nats';
import type { NatsConnection } from '@nats-io/transport-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { natsServers } from '../../../../tools/testing/nats-servers.js';
import { newCoordinatorIn, newFolder, runHub } from '../testing/federation.js';
import { joins } from '../testing/hospital.js';
import { answerRenewal, prepareHub } from './renewal.js';
import { revoke } from './revoke.js';

/** As parties connect: not by the library's own `connect`, which changes how all connections of a process are made again. */
async function connected(url: string, party: string, identity: () => HubIdentity): Promise<NatsConnection> {
  const connection = await connectHub({ servers: [url], identity, party });
  onTestFinished(() => connection.close());
  return connection;
}

/** Why a hub does not let somebody in. */
async function whyNot(url: string, party: string, identity: HubIdentity): Promise<string> {
  const stop = new AbortController();
  let words = '';
  const onStatus = ({ why = '' }: HubStatus): void => {
    words = why;
    stop.abort();
  };
  const refused = connectHub({ servers: [url], party, identity: () => identity, signal: stop.signal, onStatus });
  await expect(refused).rejects.toThrow();
  return words;
}

const inDays = (days: number): Date => new Date(Date.now() + days * 24 * 3600 * 1000);

for (const { version, path, missing } of natsServers({ download: true }))
  describe.skipIf(path === undefined)(
    `with nats-server ${version}${missing === undefined ? '' : `: ${missing}`}`,
    () => {
      it('a member lives from its approval to its revocation, while another is connected all along', async () => {
        const office = await newCoordinatorIn(await newFolder(), { binary: path! });
        const north = await joins(office, 'north');
        const { hub, members, url, webSocketUrl } = await runHub(office);
        expect(hub.server.version).toBe(version);
        const coordinator = await connected(url, 'coordinator', () => members.identity({ site: 'north' }));
        await ensureSiteStreams(coordinator);
        const system = await connected(url, 'system', () => members.identity('system'));
        const events: HubEvent[] = [];
        watchHub(system, (event) => events.push(event));

        // As a hospital connects: outbound, by WebSocket, with the certificate that there is at the time.
        let identity: HubIdentity = await readSiteIdentity(north.files);
        const connection = await connected(webSocketUrl, 'north', () => identity);

        const south = await joins(office, 'south');
        await members.refresh();
        const inSouth = await connected(url, 'coordinator', () => members.identity({ site: 'south' }));
        await ensureSiteStreams(inSouth);
        const own = await south.identity();
        const guest = await connected(url, 'south', () => own);

        const later = inDays(61);
        const ask = (question: unknown): Promise<unknown> => answerRenewal(office, 'north', question, later);
        expect(await renewIfDue({ ...north, ask, now: later })).toMatchObject({ renewed: true });
        identity = await readSiteIdentity(north.files);
        await prepareHub(office, later);
        await hub.reload();
        await members.refresh();
        // By the new certificate of the one to the new certificate of the other.
        await renew(connection);
        await expect
          .poll(() => connectedAt(system, 'north'))
          .toEqual(expect.arrayContaining([identities.site('fed', 'north'), identities.coordinatorAt('fed', 'north')]));
        expect([coordinator.isClosed(), guest.isClosed()]).toEqual([false, false]);

        await revoke(office.config, 'south', 'the study is over');
        await members.refresh();
        await expect.poll(() => connectedAt(system, 'south')).toEqual([]);
        expect(await whyNot(url, 'south', own)).toMatch(/revoked/);
        await expect.poll(() => events.filter(({ what }) => what === 'refused').length).toBeGreaterThan(0);
        await expect.poll(() => connection.flush()).toBeUndefined();
      });
    },
  );

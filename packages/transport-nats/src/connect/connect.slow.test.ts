import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { natsServer, startHub, type TestHub } from '../../../../tools/testing/nats-hub.js';
import { startConnectProxy } from '../../../../tools/testing/connect-proxy.js';
import { createAuthority, createCertificate } from '../pki/authority.js';
import { identities } from '../subjects.js';
import { asCoordinator, asSite, optionsOf } from '../testing/reach.js';
import { connectHub, renew } from './connect.js';
import type { HubIdentity, HubOptions, HubStatus } from './hub-options.js';

const inform = (statuses: HubStatus[]) => ({ onStatus: (status: HubStatus) => void statuses.push(status) });

/** Waits until a status tells why, and gives up then. */
async function whyNot(options: HubOptions): Promise<string> {
  const stop = new AbortController();
  let why = '';
  const onStatus = (status: HubStatus): void => {
    why ||= status.why ?? '';
    stop.abort();
  };
  await expect(connectHub({ ...options, signal: stop.signal, onStatus })).rejects.toMatchObject({ code: 'ABORTED' });
  return why;
}

describe.skipIf(!natsServer)('connectHub', () => {
  let hub: TestHub;
  let site: HubIdentity;
  beforeAll(async () => {
    hub = await startHub({ sites: ['a', 'b'] });
    site = await hub.party(identities.site('fed', 'a'));
  });
  afterAll(() => hub.close());

  const routes = ['url', 'webSocketUrl'] as const;

  it.each(routes)('tells in words why it waits: %s', async (route) => {
    const servers = [hub[route]];
    const other = await createAuthority('another');
    const stolen = await createCertificate(other, { commonName: 'x', uri: identities.site('fed', 'a'), usage: 'client', days: 1 }); // prettier-ignore
    const ended = await createCertificate(hub.authority, { commonName: 'x', uri: identities.site('fed', 'a'), usage: 'client', days: -0.01 }); // prettier-ignore
    const of = (identity: Partial<HubIdentity>): Promise<string> =>
      whyNot({ ...optionsOf(hub, 'a', { ...site, ...identity }), servers });
    expect(await of(await hub.party(identities.site('fed', 'stranger')))).toMatch(
      /not a member yet, or it was revoked/,
    );
    expect(await of(stolen)).toMatch(/(refuses|may not accept) this party's certificate/);
    expect(await of(ended)).toMatch(/(refuses|may not accept) this party's certificate/);
    expect(await of({ authority: other.certificate })).toMatch(/of an authority that is not known here/);
    const another = await createCertificate(hub.authority, { commonName: 'x', usage: 'client', days: 1 });
    expect(await of({ key: another.key })).toMatch(/key values mismatch/);
  });

  it('waits for a hub that is not there, and one that is somewhere else', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = server.address() as { port: number };
        server.close(() => resolve(free));
      });
    });
    const at = (server: string): Promise<string> => whyNot({ ...optionsOf(hub, 'a', site), servers: [server] });
    expect(await at(`tls://127.0.0.1:${port}`)).toMatch(/nothing answers at/);
    expect(await at(`wss://127.0.0.1:${port}`)).toMatch(/nothing answers at/);
    expect(await at('wss://hub.invalid')).toMatch(/no host hub.invalid is known here/);
    // Certified for 127.0.0.1 and localhost, not for the address next to it.
    expect(await at(hub.url.replace('127.0.0.1', '127.0.0.2'))).toMatch(/nothing answers|is not for 127.0.0.2/);
  });

  it.each(routes)('connects again after a crash, with the certificate that there is then: %s', async (route) => {
    const statuses: HubStatus[] = [];
    let asked = 0;
    const identity = (): HubIdentity => (asked++, site);
    const connection = await connectHub({ ...optionsOf(hub, 'a', site), servers: [hub[route]], identity, ...inform(statuses) }); // prettier-ignore
    onTestFinished(() => connection.close());
    await hub.crash();
    await expect.poll(() => statuses.filter(({ state }) => state === 'connected')).toHaveLength(2);
    expect(statuses.at(0)?.state).toBe('connected');
    expect(statuses.at(1)).toMatchObject({ state: 'waiting', why: expect.stringMatching(/./) as string });
    expect(statuses.at(-1)?.state).toBe('connected');
    const before = asked;
    await renew(connection);
    await expect.poll(() => asked).toBe(before + 1);
    await expect.poll(() => connection.rtt().catch(() => -1)).toBeGreaterThanOrEqual(0);
  });

  it('tries one server after the other, also those that it did not reach at first', async () => {
    const second = await startHub({ sites: ['a'] });
    const servers = [hub.url, second.url];
    const statuses: HubStatus[] = [];
    await hub.kill();
    // Each hub of the tests has an authority of its own.
    const identity = await second.party(identities.site('fed', 'a'));
    const authority = `${identity.authority}\n${site.authority}`;
    const shown = (): HubIdentity => ({ ...(statuses.length < 2 ? identity : site), authority });
    const connection = await connectHub({ servers, identity: shown, party: 'a', ...inform(statuses) });
    onTestFinished(() => connection.close());
    expect(statuses).toMatchObject([
      { state: 'waiting', server: hub.url },
      { state: 'connected', server: second.url },
    ]);
    await hub.start();
    await second.close();
    await expect.poll(() => statuses.at(-1)).toMatchObject({ state: 'connected', server: hub.url });
  });

  it('keeps both routes apart in one process', async () => {
    const [direct, webSocket] = [await asSite(hub, 'a'), await asSite(hub, 'b', { servers: [hub.webSocketUrl] })];
    onTestFinished(async () => void (await Promise.all([direct.close(), webSocket.close()])));
    await hub.crash();
    for (const connection of [direct, webSocket])
      await expect.poll(() => connection.rtt().catch(() => -1)).toBeGreaterThanOrEqual(0);
  });

  it('is out as soon as it is revoked, and in again when it is taken back', async () => {
    const statuses: HubStatus[] = [];
    const connection = await asSite(hub, 'b', inform(statuses));
    const coordinator = await asCoordinator(hub, 'a');
    onTestFinished(async () => void (await Promise.all([connection.close(), coordinator.close()])));
    await hub.reload(['a']);
    await expect.poll(() => statuses.at(-1)?.why).toMatch(/revoked/);
    await expect(coordinator.rtt()).resolves.toBeGreaterThanOrEqual(0);
    await hub.reload(['a', 'b']);
    await expect.poll(() => statuses.at(-1)?.state).toBe('connected');
  });

  it('goes through a proxy with a password, and says what a proxy refuses', async () => {
    const proxy = await startConnectProxy({
      credentials: 'site:a pass',
      ports: [Number(new URL(hub.webSocketUrl).port)],
    });
    onTestFinished(() => proxy.kill());
    const by = (credentials: string): string => proxy.url.replace('//', `//${credentials}@`);
    const through = { ...optionsOf(hub, 'a', site), servers: [hub.webSocketUrl] };
    const connection = await connectHub({ ...through, proxy: by('site:a%20pass') });
    await connection.close();
    expect(proxy.sent()).toBeGreaterThan(1000);
    expect(await whyNot({ ...through, proxy: by('site:wrong') })).toMatch(/another user or password \(407\)/);
    const elsewhere = { ...through, servers: ['wss://127.0.0.1:14222'], proxy: by('site:a%20pass') };
    expect(await whyNot(elsewhere)).toMatch(/does not let through to 127.0.0.1:14222 \(403\)/);
    expect(proxy.answers).toEqual([200, 407, 403]);
  });
});

describe('addresses', () => {
  const identity = (): HubIdentity => ({ certificate: '', key: '', authority: '' });
  it.each([
    [[], undefined],
    [['http://hub:80'], undefined],
    [['nats://hub:4222'], undefined],
    [['wss://user:secret@hub'], undefined],
    [['tls://hub:4222'], 'http://proxy:3128'],
    [['wss://hub'], 'socks://user:secret@proxy'],
  ])('that can not be are refused without their secrets: %j %j', async (servers, proxy) => {
    const refused = connectHub({ servers, party: 'a', identity, ...(proxy !== undefined && { proxy }) });
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(refused).rejects.not.toThrow(/:secret@proxy/);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FedwardError } from '@fedward/core';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import type { Member } from '../server/options.js';
import { ensureSiteStreams } from '../streams/ensure.js';
import { CountingClient, taskOf } from '../testing/clients.js';
import { newSigner, openDoor, TestFederation } from '../../../../tools/testing/nats-federation.js';
import { watchPresence } from './watch.js';
import { watchRequests, type RequestHandler } from './watch-requests.js';

const { signal } = new AbortController();

describe.skipIf(!natsServer)('what a hospital says unasked', () => {
  let federation: TestFederation;
  const open: { close(): unknown }[] = [];
  const refused: string[] = [];
  beforeAll(async () => {
    federation = await TestFederation.start(['a']);
    await ensureSiteStreams(federation.inAccount.get('a')!);
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    refused.length = 0;
    await federation.clear();
  });
  afterAll(() => federation.close());

  const onRefused = ({ code }: FedwardError): void => void refused.push(code);
  const watch = (member: Member = federation.member('a')) => {
    const presence = watchPresence(member, { federation: 'fed', onRefused });
    open.push(presence);
    return presence;
  };
  const client = () => openDoor(new CountingClient('a'));
  const says = () => ({ software: [{ name: 'x', version: '1.2.3' }], approved: ['sha256:00'] });
  const quick = { presenceSeconds: 0.05, says };

  it('is that it is there, what it runs, and how often it was started', async () => {
    const presence = watch();
    expect([presence.present, presence.heardSecondsAgo, presence.said]).toEqual([false, Infinity, undefined]);
    const first = await federation.courier('a', client(), quick);
    await expect.poll(() => presence.present).toBe(true);
    expect(presence.said).toMatchObject({ ...says(), protocol: 1, atWork: [], starts: 1 });
    await first.close();
    await federation.courier('a', client(), quick);
    await expect.poll(() => presence.said?.starts).toBe(2);
  });

  it('is what is at work for longer', async () => {
    const presence = watch();
    const counting = new CountingClient('a');
    let go: () => void = () => undefined;
    counting.hold = new Promise((resolve) => (go = resolve));
    await federation.courier('a', openDoor(counting), { presenceSeconds: 1000 });
    const asked = federation
      .transport([federation.member('a')])
      .client('a')
      .answer(taskOf(4), signal);
    await expect.poll(() => presence.said?.atWork).toEqual([{ kind: 'answer', run: 'run-1', round: 4 }]);
    go();
    await asked;
    await expect.poll(() => presence.said?.atWork).toEqual([]);
  });

  it('does not count where it is stored, from another key, brought again, or of one that was revoked', async () => {
    const { connection } = federation.member('a');
    const inAccount: { data: Uint8Array; headers: NonNullable<Parameters<typeof connection.publish>[2]>['headers'] }[] =
      [];
    const listening = connection.subscribe('fw.v1.presence', {
      callback: (_, { data, headers }) => void inAccount.push({ data, headers: headers! }),
    });
    open.push({ close: () => listening.unsubscribe() });
    const courier = await federation.courier('a', client(), { presenceSeconds: 1000 });
    await expect.poll(() => inAccount.length).toBe(1);
    await courier.close();
    const [presence, revoked] = [watch(), watch({ ...federation.member('a'), verifier: () => undefined })];
    const thief = { presenceSeconds: 1000, signer: newSigner('site'), folder: federation.folderOf('thief') };
    await federation.courier('a', client(), thief);
    await expect.poll(() => refused).toEqual(['SIGNATURE_INVALID', 'SIGNATURE_INVALID']);
    expect([presence.present, revoked.present]).toEqual([false, false]);
    const again = (): void => connection.publish('fw.v1.presence', inAccount[0]!.data, { headers: inAccount[0]!.headers! }); // prettier-ignore
    again();
    await expect.poll(() => presence.heardSecondsAgo).toBeLessThan(Infinity);
    const before = presence.heardSecondsAgo;
    again();
    await connection.flush();
    expect(presence.heardSecondsAgo).toBeGreaterThanOrEqual(before);
    expect(presence.said?.starts).toBe(1);
  });

  const answering = (handler: RequestHandler) =>
    open.push(watchRequests(federation.member('a'), handler, { federation: 'fed', signer: federation.coordinatorKey, onRefused })); // prettier-ignore

  it('may be a request, which is answered or refused, also where nobody listened when it came', async () => {
    const courier = await federation.courier('a', client());
    const early = courier.request('renewal', { csr: 'x' }, signal);
    const heard: unknown[] = [];
    answering(async (kind, said) => {
      heard.push([kind, said]);
      if (kind === 'other') throw new FedwardError('REQUEST_UNKNOWN', 'there is no such thing here', kind);
      return { certificate: 'y' };
    });
    expect(await early).toEqual({ certificate: 'y' });
    await expect(courier.request('other', null, signal)).rejects.toMatchObject({ code: 'REQUEST_UNKNOWN', subject: 'other' }); // prettier-ignore
    await expect(courier.request('Not.a.kind', null, signal)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    expect(heard).toEqual([
      ['renewal', { csr: 'x' }],
      ['other', null],
    ]);
  });

  it('is answered one after the other, however many requests come, and none is lost that waits', async () => {
    let [atOnce, most, answered] = [0, 0, 0];
    answering(async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 2));
      atOnce--;
      answered++;
    });
    const courier = await federation.courier('a', client());
    const kinds = Array.from({ length: 40 }, (_, i) => `kind-${i}`);
    await Promise.all(kinds.map((kind) => courier.request(kind, null, signal)));
    expect([most, answered]).toEqual([1, 40]);
  });

  it('is no request of the hospital where another has signed it', async () => {
    const heard: string[] = [];
    answering(async (kind) => void heard.push(kind));
    const courier = await federation.courier('a', client(), { signer: newSigner('site') });
    const stop = new AbortController();
    const asked = courier.request('renewal', null, stop.signal);
    await expect.poll(() => refused).toContain('SIGNATURE_INVALID');
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
    expect(heard).toEqual([]);
  });
});

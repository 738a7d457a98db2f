import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createRequest, identities, readCertificate } from '@fedward/transport-nats';
import { readSiteIdentity, renewIfDue } from '@fedward/site';
import { describe, expect, it, vi } from 'vitest';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { newCoordinatorIn, newFolder, reach, runHub } from '../testing/federation.js';
import { joins } from '../testing/hospital.js';
import { approve } from './approve.js';
import { readRequest } from './requests.js';
import { answerRenewal, prepareHub } from './renewal.js';
import { revoke } from './revoke.js';
import { readMembers } from './roster.js';

const day = 24 * 3600 * 1000;
const inDays = (days: number): Date => new Date(Date.now() + days * day);

/** The serial number of what a server shows; NATS says in the clear who it is before TLS begins. */
async function shownBy(url: string, ca: string): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  const socket = connectTcp(Number(port), hostname);
  await once(socket, protocol === 'tls:' ? 'data' : 'connect');
  const tls = connectTls({ socket, host: hostname, ca });
  await once(tls, 'secureConnect');
  const { serialNumber } = tls.getPeerX509Certificate()!;
  tls.destroy();
  return serialNumber;
}

describe('the certificate of a member', () => {
  it('is renewed once two thirds of its time are over, for a new key', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const { id, files, config } = await joins(office, 'north');
    const before = await readSiteIdentity(files);
    const ask = vi.fn((question: unknown) => answerRenewal(office, id, question, inDays(61)));
    const early = await renewIfDue({ files, config, ask, now: inDays(59) });
    expect(early).toMatchObject({ renewed: false, standing: { state: 'good' } });
    expect(ask).not.toHaveBeenCalled();
    const lost = () => Promise.reject(new Error('the answer is lost'));
    await expect(renewIfDue({ files, config, ask: lost, now: inDays(61) })).rejects.toThrow('lost');
    expect(await readSiteIdentity(files)).toEqual(before);
    expect(await renewIfDue({ files, config, ask, now: inDays(61) })).toMatchObject({ renewed: true });
    const now = await readSiteIdentity(files);
    expect(now.key).not.toBe(before.key);
    expect(readCertificate(now.certificate).uri).toBe(identities.site('fed', 'north'));
    expect((await readMembers(office.config))[0]!.history.map(({ what }) => what)).toEqual(['approved', 'renewed']);
  });

  it('is the same again for the same request, and not for who is no member or asks all the time', async () => {
    const office = await newCoordinatorIn(await newFolder());
    await joins(office, 'north');
    const question = { request: (await createRequest('north')).request };
    const answer = await answerRenewal(office, 'north', question);
    expect(await answerRenewal(office, 'north', question)).toEqual(answer);
    const another = { request: (await createRequest('north')).request };
    await expect(answerRenewal(office, 'north', another)).rejects.toMatchObject({ code: 'RENEWAL_TOO_OFTEN' });
    expect((await answerRenewal(office, 'north', another, inDays(1))).certificate).not.toBe(answer.certificate);
    for (const garbage of [null, {}, { request: 7 }, { request: 'x' }])
      await expect(answerRenewal(office, 'north', garbage, inDays(3))).rejects.toThrow(/request/);
    await expect(answerRenewal(office, 'south', question)).rejects.toMatchObject({ code: 'MEMBER_REVOKED' });
    await revoke(office.config, 'north', 'it left');
    await expect(answerRenewal(office, 'north', question)).rejects.toMatchObject({ code: 'MEMBER_REVOKED' });
  });

  it('is for each request once: who has kept one, and its key, gets no other by it', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await joins(office, 'north');
    const [first, second] = [(await createRequest('north')).request, (await createRequest('north')).request];
    const enrolled = (await readMembers(office.config))[0]!.request;
    await answerRenewal(office, 'north', { request: first }, inDays(61));
    await answerRenewal(office, 'north', { request: second }, inDays(122));
    const used = { code: 'REQUEST_USED', subject: 'north' };
    for (const request of [enrolled, first]) await expect(answerRenewal(office, 'north', { request }, inDays(180))).rejects.toMatchObject(used); // prettier-ignore
    // Nor is a key that is in use certified for another time, once its own is nearly over.
    await expect(answerRenewal(office, 'north', { request: second }, inDays(190))).rejects.toMatchObject(used);
    // Nor by hand: the file of the request that it was approved by.
    const found = await readRequest(office.config, north.request, office.signer.verifierKey);
    await expect(approve(office, found)).rejects.toMatchObject(used);
    expect((await readMembers(office.config))[0]!.request).toBe(second);
  });

  it('of a request that was broken off in its last step is asked for with another key', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const { id, files, config } = await joins(office, 'north');
    let pending = '';
    const ask = async (question: unknown, now: Date): Promise<unknown> => {
      pending = await readFile(files.pending, 'utf8');
      return answerRenewal(office, id, question, now);
    };
    await renewIfDue({ files, config, ask: (question) => ask(question, inDays(61)), now: inDays(61) });
    const used = await readSiteIdentity(files);
    await writeFile(files.pending, pending, { mode: 0o600 }); // as if it had been killed before the file was removed
    const later = inDays(130);
    await renewIfDue({ files, config, ask: (question) => ask(question, later), now: later });
    expect((await readSiteIdentity(files)).key).not.toBe(used.key);
  });
});

describe.skipIf(!natsServer)('the certificates of coordinator and hub', () => {
  it('are renewed while connections stay, and new ones see the new one by either route', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await joins(office, 'north');
    const { hub, members, url, webSocketUrl } = await runHub(office);
    const connection = await reach(url, await north.identity(), 'north');
    const ca = office.authority.certificate;
    const before = [await shownBy(url, ca), await shownBy(webSocketUrl, ca)];
    const own = members.identity({ site: 'north' });
    expect(await prepareHub(office, inDays(59))).toMatchObject({ certificate: false });
    expect(await prepareHub(office, inDays(61))).toMatchObject({ certificate: true });
    await hub.reload();
    await members.refresh();
    const after = [await shownBy(url, ca), await shownBy(webSocketUrl, ca)];
    expect(new Set([...before, ...after]).size).toBe(2);
    expect(after[0]).not.toBe(before[0]);
    expect(members.identity({ site: 'north' }).key).not.toBe(own.key);
    await reach(url, members.identity({ site: 'north' }), 'coordinator');
    expect(connection.isClosed()).toBe(false);
    await connection.flush();
  });
});

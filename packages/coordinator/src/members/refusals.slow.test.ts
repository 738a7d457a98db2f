import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beginEnrolment, joinFederation, writeRequest } from '@fedward/site';
import { readSigner } from '@fedward/kit-keys';
import { fingerprintOf, openInvite, sealInvite, sealWelcome } from '@fedward/transport-nats';
import { describe, expect, it } from 'vitest';
import { newCoordinatorIn, newFolder } from '../testing/federation.js';
import { asks, changed, joins } from '../testing/hospital.js';
import { approve, certificateFor } from './approve.js';
import { initCoordinator } from './init.js';
import { newCoordinator } from './init-options.js';
import { invite } from './invite.js';
import type { Office } from './office.js';
import { readRequest } from './requests.js';
import { revoke } from './revoke.js';
import { readMembers } from './roster.js';

const read = (office: Office, path: string) => readRequest(office.config, path, office.signer.verifierKey);

describe('a request', () => {
  it('that was changed on its way, is of a newer version, or is something else is not taken', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const { request } = await asks(office, 'north');
    const refused = async (code: string, change: (text: string) => string): Promise<void> =>
      expect(read(office, await changed(request, change))).rejects.toMatchObject({ code });
    await refused('SIGNATURE_INVALID', (text) => text.replace('"site": "north"', '"site": "south"'));
    await refused('SIGNATURE_INVALID', (text) => text.replace(/"software": "[^"]*"/, '"software": "9"'));
    await refused('PROTOCOL_UNKNOWN', (text) => text.replace('"v": 1', '"v": 2'));
    await refused('FILE_INVALID', (text) => text.replace('"fedward": "request"', '"fedward": "welcome"'));
    await refused('FILE_INVALID', (text) => text.slice(1));
    await refused('FILE_INVALID', () => '[]');
    const path = await invite(office.config, office.signer, 'east');
    await expect(read(office, path)).rejects.toMatchObject({ code: 'FILE_INVALID' });
    // White space is the mail program's.
    await read(office, await changed(request, (text) => text.replaceAll('\n', '\r\n')));
  });

  it('to another coordinator, or in the name of another hospital, is not taken', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const other = await newCoordinatorIn(await newFolder(), { federation: 'fed2' });
    const twin = await newCoordinatorIn(await newFolder());
    const { request, files, config } = await asks(office, 'north');
    for (const wrong of [other, twin])
      await expect(read(wrong, request)).rejects.toMatchObject({ code: 'FILE_INVALID' });
    const { path } = await writeRequest(files, { ...config, id: 'south' }, await readSigner(files.key));
    await expect(read(office, path)).rejects.toThrow(/asks for south, and is signed by a key of north/);
  });

  it('is of a member by its own key, and of nobody by another', async () => {
    const office = await newCoordinatorIn(await newFolder(), { mostSites: 2 });
    const north = await asks(office, 'north');
    const south = await asks(office, 'south');
    const east = await asks(office, 'east');
    // Two made a request by the same invite: whose fingerprint was compared is the member.
    const folder = join(await newFolder(), 'other');
    const path = join(office.config.paths.invites, 'north.invite.json');
    const invited = openInvite(await readFile(path, 'utf8'), path);
    const { path: second } = await beginEnrolment({ folder, ...invited });
    const { member } = await approve(office, await read(office, north.request));
    await expect(approve(office, await read(office, second))).rejects.toThrow(/member by another key/);
    const again = await approve(office, await read(office, north.request));
    expect(again.member).toMatchObject({ key: member.key, enrolment: 1 });
    await approve(office, await read(office, south.request));
    await expect(approve(office, await read(office, east.request))).rejects.toThrow(/room for 2/);
    await expect(invite(office.config, office.signer, 'north')).rejects.toThrow(/member already/);
    expect((await readMembers(office.config)).map(({ id }) => id)).toEqual(['north', 'south']);
  });

  it('of two for one hospital at the same moment makes one of them the member', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await asks(office, 'north');
    const path = join(office.config.paths.invites, 'north.invite.json');
    const invited = openInvite(await readFile(path, 'utf8'), path);
    const { path: second } = await beginEnrolment({ folder: join(await newFolder(), 'other'), ...invited });
    const both = [await read(office, north.request), await read(office, second)];
    const ends = await Promise.allSettled(both.map((found) => approve(office, found)));
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const won = both[ends.findIndex(({ status }) => status === 'fulfilled')]!;
    expect(await readMembers(office.config)).toMatchObject([{ id: 'north', key: won.site.verifierKey }]);
  });

  it('by an id that differs from another by case alone, or is no id, is refused', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await asks(office, 'North');
    await expect(invite(office.config, office.signer, 'NORTH')).rejects.toThrow(/case alone/);
    const elsewhere = join(await newFolder(), 'north');
    const path = join(office.config.paths.invites, 'North.invite.json');
    const { invite: known, coordinator } = openInvite(await readFile(path, 'utf8'), path);
    const { path: request } = await beginEnrolment({
      folder: elsewhere,
      invite: { ...known, site: 'north' },
      coordinator,
    });
    await approve(office, await read(office, north.request));
    await expect(approve(office, await read(office, request))).rejects.toThrow(/case alone/);
    for (const id of ['', '../x', 'a b', 'ü', 'a'.repeat(64)])
      await expect(invite(office.config, office.signer, id)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(revoke(office.config, 'nobody', 'x')).rejects.toMatchObject({ subject: 'nobody' });
  });
});

describe('a welcome', () => {
  it('is for one key, hospital and federation, and by one coordinator', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await asks(office, 'north');
    const { welcome } = await approve(office, await read(office, north.request));
    const south = await asks(office, 'south');
    await expect(joinFederation(south.folder, welcome)).rejects.toMatchObject({ code: 'FILE_INVALID' });
    const bent = await changed(welcome, (text) => text.replace('"site": "north"', '"site": "south"'));
    await expect(joinFederation(south.folder, bent)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    const body = (JSON.parse(await readFile(welcome, 'utf8')) as { body: Parameters<typeof sealWelcome>[0] }).body;
    const joinsBy = async (of: Partial<typeof body>, signer = office.signer): Promise<unknown> => {
      await writeFile(`${welcome}.other`, sealWelcome({ ...body, ...of }, signer));
      return joinFederation(north.folder, `${welcome}.other`);
    };
    const { key } = (await joins(office, 'east')).config.coordinator && (await readMembers(office.config))[0]!;
    await expect(joinsBy({ key })).rejects.toThrow(/for the key east/);
    await expect(joinsBy({ federation: 'fed2' })).rejects.toThrow(/for the federation fed2/);
    const other = await newCoordinatorIn(await newFolder());
    await expect(joinsBy({}, other.signer)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    const { certificate } = (await readMembers(office.config))[0]!;
    await expect(joinsBy({ certificate })).rejects.toThrow(/of a key that is not in this folder/);
    const { request } = await read(office, north.request);
    const foreign = await certificateFor(office, 'north-west', 1, request.request);
    await expect(joinsBy({ certificate: foreign })).rejects.toThrow(/is for fedward:..fed.site.north-west, not for/);
    await expect(joinsBy({ authority: other.authority.certificate })).rejects.toThrow(/not by the authority/);
    await expect(north.identity()).rejects.toThrow(/no member yet/);
    await joinFederation(north.folder, welcome);
    const used = await north.identity();
    await joinFederation(north.folder, welcome);
    expect(await north.identity()).toEqual(used);
  });

  it('says in words that its certificate has ended, and another is had by the same key', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await asks(office, 'north');
    const { welcome } = await approve(office, await read(office, north.request));
    const late = await joinFederation(north.folder, welcome, new Date(Date.now() + 93 * 24 * 3600 * 1000));
    expect(late.standing).toMatchObject({ state: 'ended', words: expect.stringMatching(/^ended .*, 3 days ago/) as string }); // prettier-ignore
    const early = await joinFederation(north.folder, welcome, new Date('2020-01-01'));
    expect(early.standing).toMatchObject({ state: 'early', words: expect.stringContaining('clock') as string });
    const before = await north.identity();
    await writeRequest(north.files, north.config, await readSigner(north.files.key));
    await joinFederation(north.folder, (await approve(office, await read(office, north.request))).welcome);
    expect((await north.identity()).key).not.toBe(before.key);
  });
});

describe('a folder', () => {
  it('is made once, of a coordinator as of a site', async () => {
    const folder = await newFolder();
    const office = await newCoordinatorIn(folder);
    const made = newCoordinator({ federation: 'fed', hub: 'hub.example.org', listen: '0.0.0.0:4222', start: true });
    const files = (): Promise<string> => readFile(office.config.paths.config, 'utf8');
    const before = await files();
    await expect(initCoordinator({ ...made, folder })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      subject: folder,
    });
    expect(await files()).toBe(before);
    const north = await asks(office, 'north');
    const path = join(office.config.paths.invites, 'north.invite.json');
    const invited = openInvite(await readFile(path, 'utf8'), path);
    await expect(beginEnrolment({ folder: north.folder, ...invited })).rejects.toThrow(/there is a site/);
    await expect(beginEnrolment({ folder, ...invited })).rejects.toThrow(/holds something already/);
    expect(north.config.coordinator.verifierKey).toBe(office.signer.verifierKey);
  });

  it('of a site is made by the invite alone, whose fingerprint is that of the coordinator', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const path = await invite(office.config, office.signer, 'north');
    const other = await newCoordinatorIn(await newFolder());
    const { invite: body, coordinator } = openInvite(await readFile(path, 'utf8'), path);
    expect(coordinator.verifierKey).toBe(office.signer.verifierKey);
    // Whoever changes it on its way has to sign it by another key, which the fingerprint shows.
    const forged = openInvite(sealInvite({ ...body, servers: ['wss://evil.example.org:443'] }, other.signer), path);
    expect(fingerprintOf(forged.coordinator.verifierKey)).not.toBe(fingerprintOf(office.signer.verifierKey));
    expect(() => openInvite(sealInvite({ ...body, servers: ['http://x'] }, other.signer), path)).toThrow(/servers/);
  });
});

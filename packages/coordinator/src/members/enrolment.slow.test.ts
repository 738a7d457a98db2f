import { jetstreamManager } from '@nats-io/jetstream';
import { connectedAt, identities, watchHub, type HubEvent } from '@fedward/transport-nats';
import { describe, expect, it } from 'vitest';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { newCoordinatorIn, newFolder, reach, runHub } from '../testing/federation.js';
import { asks, joins } from '../testing/hospital.js';
import { approve } from './approve.js';
import { readRequest } from './requests.js';
import { revoke } from './revoke.js';

describe.skipIf(!natsServer)('members of a coordinator that runs', () => {
  it('come while others stay connected, with streams of their own, and go at once', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await joins(office, 'north');
    const { members, url } = await runHub(office);
    const system = await reach(url, members.identity('system'), 'system');
    const events: HubEvent[] = [];
    watchHub(system, (event) => events.push(event));
    await system.flush();
    const first = await reach(url, await north.identity(), 'north');

    const south = await asks(office, 'south');
    await expect(south.identity()).rejects.toThrow(/is no member yet/);
    const joined = await joins(office, 'east');
    await expect(reach(url, await joined.identity(), 'east')).rejects.toThrow(/authorization violation/i);
    expect(await members.refresh()).toEqual({ joined: ['east'], left: [] });
    const second = await reach(url, await joined.identity(), 'east');
    const inEast = await reach(url, members.identity({ site: 'east' }), 'coordinator');
    await (await jetstreamManager(inEast)).streams.add({ name: 'TASKS', subjects: ['fw.v1.task.>'] });
    expect(first.isClosed()).toBe(false);
    expect(await connectedAt(system, 'east')).toContain(identities.site('fed', 'east'));

    const closed = second.closed();
    await revoke(office.config, 'east', 'it left the study');
    expect(members.verifierOf('east')).toBeDefined();
    expect(await members.refresh()).toEqual({ joined: [], left: ['east'] });
    await closed;
    expect(members.verifierOf('east')).toBeUndefined();
    expect(members.verifierOf('north')!.name).toBe('north');
    await expect(reach(url, await joined.identity(), 'east')).rejects.toThrow(/authorization violation/i);
    expect(first.isClosed()).toBe(false);
    expect(await members.refresh()).toEqual({ joined: [], left: [] });
    await expect
      .poll(() => events.map(({ what, who }) => [what, who]))
      .toEqual(
        expect.arrayContaining([
          ['connected', identities.site('fed', 'north')],
          ['refused', null],
          ['disconnected', identities.site('fed', 'east')],
        ]),
      );
    expect(events.find(({ what }) => what === 'refused')).toMatchObject({
      address: '127.0.0.1',
      why: expect.stringMatching(/authentication/i) as string,
    });
  });

  it('that were revoked come back with a new key, and their old certificate does not', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const { members, url } = await runHub(office);
    const before = await joins(office, 'north');
    await revoke(office.config, 'north', 'its machine was stolen');
    const same = await readRequest(office.config, before.request, office.signer.verifierKey);
    await expect(approve(office, same)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'north' });
    const now = await joins(office, 'north');
    await members.refresh();
    await reach(url, await now.identity(), 'north');
    await expect(reach(url, await before.identity(), 'north')).rejects.toThrow(/authorization violation/i);
    await expect(approve(office, same)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(members.verifierOf('north')!.verifierKey).not.toBe(same.site.verifierKey);
  });
});

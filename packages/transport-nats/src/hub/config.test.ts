import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, it } from 'vitest';
import { natsServer, startHub, type Party } from '../../../../tools/testing/nats-hub.js';
import { identities, inboxOf } from '../subjects.js';

const reach = (url: string, { certificate, key, authority }: Party, inbox: string) =>
  connect({ servers: url, tls: { cert: certificate, key, ca: authority }, inboxPrefix: inbox, reconnect: false, timeout: 60_000 }); // prettier-ignore

describe.skipIf(!natsServer)('a hub by its configuration', () => {
  it('knows who connects by the certificate, takes a member in while it runs, and closes one that is revoked', async () => {
    const hub = await startHub({ sites: ['north'] });
    try {
      const north = await hub.party(identities.site('fed', 'north'));
      const south = await hub.party(identities.site('fed', 'south'));
      const connection = await reach(hub.url, north, inboxOf('north'));
      await expect(reach(hub.url, south, inboxOf('south'))).rejects.toThrow(/authorization violation/i);
      await hub.reload(['north', 'south']);
      await (await reach(hub.url, south, inboxOf('south'))).close();
      const inSouth = await hub.party(identities.coordinatorAt('fed', 'south'));
      const coordinator = await reach(hub.url, inSouth, inboxOf('coordinator'));
      const manager = await jetstreamManager(coordinator, { timeout: 60_000 });
      await manager.streams.add({ name: 'TASKS', subjects: ['fw.v1.task.>'] });
      await coordinator.close();
      expect(connection.isClosed()).toBe(false);
      const closed = connection.closed();
      await hub.reload(['south']);
      await closed;
      await expect(reach(hub.url, north, inboxOf('north'))).rejects.toThrow(/authorization violation/i);
    } finally {
      await hub.close();
    }
  });
});

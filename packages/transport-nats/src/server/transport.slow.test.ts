import { describe, it, afterAll, beforeAll } from 'vitest';
import { transportCompliance } from '@fedward/testkit/transport';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { openDoor, TestFederation } from '../../../../tools/testing/nats-federation.js';

describe.skipIf(!natsServer)('a transport over a hub', () => {
  const accounts = ['s0', 's1', 's2', 's3'];
  let federation: TestFederation;
  beforeAll(async () => void (federation = await TestFederation.start(accounts)));
  afterAll(() => federation.close());

  transportCompliance({
    async connect(clients) {
      await federation.clear();
      const members = clients.map(({ id }, index) => federation.member(id, accounts[index]));
      const transport = federation.transport(members);
      for (const [index, client] of clients.entries())
        await federation.courier(client.id, openDoor(client), { account: accounts[index]! });
      return transport;
    },
  }).register({ describe, it });
});

import type { NatsConnection } from '@nats-io/nats-core';
import type { Party, TestHub } from '../../../../tools/testing/nats-hub.js';
import { connectHub } from '../connect/connect.js';
import type { HubOptions } from '../connect/hub-options.js';
import { identities } from '../subjects.js';

/** Options of a party at a hub of the tests. */
export function optionsOf(hub: TestHub, party: string, identity: Party, more: Partial<HubOptions> = {}): HubOptions {
  return { servers: [hub.url], identity: () => identity, party, ...more };
}

/** Connects as a hospital. */
export async function asSite(hub: TestHub, site: string, more?: Partial<HubOptions>): Promise<NatsConnection> {
  return connectHub(optionsOf(hub, site, await hub.party(identities.site(hub.federation, site)), more));
}

/** Connects as the coordinator: in a hospital's account, or in the federation's. */
export async function asCoordinator(hub: TestHub, site?: string, more?: Partial<HubOptions>): Promise<NatsConnection> {
  const { coordinator, coordinatorAt } = identities;
  const uri = site === undefined ? coordinator(hub.federation) : coordinatorAt(hub.federation, site);
  return connectHub(optionsOf(hub, 'coordinator', await hub.party(uri), more));
}

import { FedwardError, type Client, type Transport } from '@fedward/core';
import { defineSuite, type ComplianceSuite } from './suite.js';
import { abortChecks } from './transport/abort.js';
import { deliveryChecks } from './transport/delivery.js';
import { errorChecks } from './transport/errors.js';
import { isolationChecks } from './transport/isolation.js';
import { messageChecks } from './transport/messages.js';
import type { Connect } from './transport/clients.js';

/** A client as it is reached over a network, and what closes the way to it. */
export interface RemoteClient {
  readonly client: Client;
  close(): Promise<void>;
}

/** What the suite needs to know of a network. */
export interface RemoteClientComplianceOptions {
  /**
   * Serves this client, and reaches it: by `serveClient` and `remoteClient` of `@fedward/core/wire` around whatever carries
   * bytes, or by something else.
   */
  readonly connect: (client: Client) => Promise<RemoteClient>;
}

/** What every way to a client must do, whatever carries the messages; see `Client` in core. */
export function remoteClientCompliance({ connect }: RemoteClientComplianceOptions): ComplianceSuite {
  const all: Connect = async (clients) => transportOf(clients, await Promise.all(clients.map(connect)));
  return defineSuite('remote client', {
    ...deliveryChecks(all),
    ...messageChecks(all),
    ...errorChecks(all),
    ...isolationChecks(all),
    ...abortChecks(all),
  });
}

/** The checks are of transports: this one is no more than a list. */
function transportOf(clients: readonly Client[], reached: readonly RemoteClient[]): Transport {
  const byId = new Map(clients.map(({ id }, index) => [id, reached[index]!.client]));
  return {
    clients: () => [...byId.keys()],
    client(id) {
      const client = byId.get(id);
      if (!client) throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${id}`, id);
      return client;
    },
    close: async () => void (await Promise.all(reached.map((each) => each.close()))),
  };
}

import {
  abortable,
  buffered,
  composeAggregator,
  everyone,
  inMemoryTransport,
  memoryAuditSink,
  memoryCheckpointStore,
  memoryClientStore,
  memoryLedger,
  memoryOutbox,
  onDemandTransport,
  weightedSum,
  type ServerOptimizer,
} from '@fedward/core';
import { remoteClient, serveClient } from '@fedward/core/wire';
import { describe, it } from 'vitest';
import { aggregatorCompliance } from './aggregator.js';
import { auditSinkCompliance } from './audit-sink.js';
import { Zcdp } from './broken/privacy-accountants/reference.js';
import { releasesIn } from './broken/site-ledgers/faults.js';
import { checkpointStoreCompliance } from './checkpoint-store.js';
import { clientStoreCompliance } from './client-store.js';
import { collectorCompliance } from './collector.js';
import { outboxCompliance } from './outbox.js';
import { remoteClientCompliance } from './remote-client.js';
import { siteLedgerCompliance } from './site-ledger.js';
import { transportCompliance } from './transport.js';

// Core's own defaults. Here and not in core, which would otherwise depend on testkit, and nx could build neither.
transportCompliance({ connect: async (clients) => inMemoryTransport(clients) }).register({ describe, it });

transportCompliance({
  connect: async (clients) => {
    const byId = new Map(clients.map((client) => [client.id, client]));
    return onDemandTransport([...byId.keys()], async (id) => byId.get(id)!);
  },
}).register({ describe, it });

checkpointStoreCompliance({ create: async () => ({ store: memoryCheckpointStore() }) }).register({ describe, it });

auditSinkCompliance({
  create: async () => {
    const sink = memoryAuditSink();
    return { sink, read: async () => [...sink.events] };
  },
}).register({ describe, it });

/** Server momentum, Reddi et al. 2021: FedAvgM with a server learning rate of 1. */
const momentum: ServerOptimizer<Float64Array> = {
  init: (size) => new Float64Array(size),
  step(model, change, velocity) {
    const next = velocity.map((v, i) => 0.5 * v + change[i]!);
    return { model: model.map((w, i) => w + next[i]!), state: next };
  },
};
aggregatorCompliance({
  create: () =>
    composeAggregator({
      name: 'with-momentum',
      reduce: weightedSum,
      requires: [],
      provides: ['sum-only', 'bounded-sensitivity'],
      optimizer: momentum,
    }),
}).register({ describe, it });

clientStoreCompliance({ create: async () => ({ store: memoryClientStore() }) }).register({ describe, it });

outboxCompliance({ create: async () => ({ outbox: memoryOutbox() }) }).register({ describe, it });

collectorCompliance({ create: () => everyone }).register({ describe, it });
for (const size of [1, 5])
  collectorCompliance({ create: () => buffered({ size, patience: 3 }) }).register({ describe, it });

siteLedgerCompliance({
  create: async (terms) => {
    const ledger = memoryLedger({ ...terms, clientId: 'hospital-0', accountant: (adjacency) => new Zcdp(adjacency) });
    return { ledger, releases: async () => releasesIn(ledger.spent) };
  },
}).register({ describe, it });

remoteClientCompliance({
  connect: async (client) => {
    const serve = serveClient(client);
    return {
      client: remoteClient(client.id, (bytes, signal) => abortable(() => serve(bytes, signal), signal)),
      close: async () => undefined,
    };
  },
}).register({ describe, it });

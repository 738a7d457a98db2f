import { inMemoryTransport, memoryAuditSink, memoryCheckpointStore, onDemandTransport } from '@fedward/core';
import { describe, it } from 'vitest';
import { auditSinkCompliance } from './audit-sink.js';
import { checkpointStoreCompliance } from './checkpoint-store.js';
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

import { inMemoryTransport, memoryAuditSink, memoryCheckpointStore } from '@fedward/core';
import { describe, it } from 'vitest';
import { auditSinkCompliance } from './audit-sink.js';
import { checkpointStoreCompliance } from './checkpoint-store.js';
import { transportCompliance } from './transport.js';

// Here and not in core: core's tests can't import testkit, which needs core.

transportCompliance({ connect: async (clients) => inMemoryTransport(clients) }).register({ describe, it });

checkpointStoreCompliance({ create: async () => ({ store: memoryCheckpointStore() }) }).register({ describe, it });

auditSinkCompliance({
  create: async () => {
    const sink = memoryAuditSink();
    return { sink, read: async () => [...sink.events] };
  },
}).register({ describe, it });

import type { AuditEvent } from '@fedward/core';
import { auditSinkCompliance } from '@fedward/testkit/audit-sink';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { openAuditLog } from './open.js';
import { readAuditLog } from './read.js';

auditSinkCompliance({
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fedward-audit-'));
    return {
      sink: await openAuditLog(directory),
      async read() {
        const events: AuditEvent[] = [];
        for await (const { event } of readAuditLog(directory)) events.push(event);
        return events;
      },
      cleanup: () => rm(directory, { recursive: true }),
    };
  },
}).register({ describe, it });

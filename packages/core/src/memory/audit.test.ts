import { describe, expect, it } from 'vitest';
import { sha256 } from '../base/digest.js';
import type { AuditEvent } from '../interfaces/audit.js';
import { memoryAuditSink } from './audit.js';

const event: AuditEvent = { type: 'run-start', time: '2024-01-01T00:00:00Z', runId: 'run-1', details: {} };

describe('memoryAuditSink', () => {
  it('chains events by SHA-256', async () => {
    const sink = memoryAuditSink();
    const json = '{"details":{},"runId":"run-1","time":"2024-01-01T00:00:00Z","type":"run-start"}';
    const first = sha256(sha256('') + json);
    expect(await sink.append(event)).toEqual({ index: 0, root: first });
    expect(await sink.append(event)).toEqual({ index: 1, root: sha256(first + json) });
    expect(sink.events).toEqual([event, event]);
  });

  it('keeps an event as it was', async () => {
    const sink = memoryAuditSink();
    const details = { samples: 10 };
    await sink.append({ ...event, details });
    details.samples = 11;
    expect(sink.events[0]!.details).toEqual({ samples: 10 });
  });

  it('rejects what JSON can not carry, and an event after its end', async () => {
    const sink = memoryAuditSink();
    await expect(sink.append({ ...event, details: { loss: Number.NaN } })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
    await sink.close();
    await expect(sink.append(event)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    expect(sink.events).toEqual([]);
  });
});

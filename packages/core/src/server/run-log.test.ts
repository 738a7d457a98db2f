import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { AuditEvent, AuditReceipt } from '../interfaces/audit.js';
import { memoryAuditSink } from '../memory/audit.js';
import { RunLog } from './run-log.js';

const event = (round: number) => ({ type: 'evaluation', round, details: {} }) as const;
const logTo = (append: (event: AuditEvent) => Promise<AuditReceipt>) =>
  new RunLog('run-1', { append, close: async () => undefined }, () => 'now');

describe('the log of a run', () => {
  it('writes down each event with the run and the time, and knows where it stands', async () => {
    const sink = memoryAuditSink();
    const log = new RunLog('run-1', sink, () => 'now');
    expect(log.head).toBeUndefined();
    await log.log(event(0));
    expect(sink.events).toEqual([{ ...event(0), runId: 'run-1', time: 'now' }]);
    const { root } = await memoryAuditSink().append(sink.events[0]!);
    expect(log.head).toEqual({ index: 0, root });
  });

  it('tells a failure of what was logged while it waited for another', async () => {
    const ends: { resolve: (receipt: AuditReceipt) => void; reject: (error: Error) => void }[] = [];
    const log = logTo(() => new Promise((resolve, reject) => ends.push({ resolve, reject })));
    const first = log.log(event(0));
    log.logSoon(event(1));
    ends[0]!.resolve({ index: 0, root: '' });
    await first;
    ends[1]!.reject(new FedwardError('AUDIT_FAILED', 'disk full'));
    const last = log.log(event(2));
    ends[2]!.resolve({ index: 2, root: '' });
    await expect(last).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
  });

  it('is done once the event can be lost no longer, and what was logged soon before neither', async () => {
    const written: (() => void)[] = [];
    const log = logTo(() => new Promise((resolve) => written.push(() => resolve({ index: 0, root: '' }))));
    log.logSoon(event(0));
    const done = vi.fn();
    const logging = log.log(event(1)).then(done);
    expect(written).toHaveLength(2); // both at once: a sink may write them together
    written[1]!();
    await sleep(1);
    expect(done).not.toHaveBeenCalled();
    written[0]!();
    await logging;
  });

  it('tells the failure of what was logged soon with the next event, once, and leaves no rejection unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const log = logTo(({ round }) => round === 0 ? Promise.reject(new FedwardError('AUDIT_FAILED', 'full')) : Promise.resolve({ index: round!, root: '' })); // prettier-ignore
    log.logSoon(event(0));
    await sleep(2);
    await expect(log.log(event(1))).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('does not forget one failure for another event that is logged soon', async () => {
    const log = logTo(({ round }) => round === 0 ? Promise.reject(new FedwardError('AUDIT_FAILED', 'full')) : Promise.resolve({ index: round!, root: '' })); // prettier-ignore
    log.logSoon(event(0));
    log.logSoon(event(1));
    await expect(log.log(event(2))).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
  });

  it('of a run without a sink has nothing to say', async () => {
    const log = new RunLog('run-1', undefined, () => 'now');
    log.logSoon(event(0));
    await log.log(event(1));
    expect(log.head).toBeUndefined();
  });
});

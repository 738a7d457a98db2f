import { memoryAuditSink, type AuditEvent, type Charge, type SiteLedger } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { RunRecords } from './records.js';

const event: AuditEvent = { type: 'training', time: '', runId: 'r', clientId: 'north', details: {} };
const charge = { runId: 'r', round: 0 } as Charge;

describe('the records of a run', () => {
  it('take nothing before they are open, and say what was to be written', async () => {
    const records = new RunRecords(true);
    await expect(records.audit.append(event)).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
      message: expect.stringContaining('training'),
    });
    await expect(records.ledgerOf('north')!.charge(charge)).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
      message: expect.stringContaining('north'),
    });
  });

  it('reach the log and the ledger of each hospital once they are open, also for who asked before', async () => {
    const charged: string[] = [];
    const ledgerOf = (id: string): SiteLedger => ({ charge: async ({ round }) => void charged.push(`${id} ${round}`) });
    const records = new RunRecords(true);
    const north = records.ledgerOf('north')!;
    const log = memoryAuditSink();
    records.open(log, new Map(['north', 'south'].map((id) => [id, ledgerOf(id)])));
    expect(await records.audit.append(event)).toMatchObject({ index: 0 });
    await north.charge(charge);
    await records.ledgerOf('south')!.charge(charge);
    expect(log.events).toEqual([event]);
    expect(charged).toEqual(['north 0', 'south 0']);
    await expect(records.ledgerOf('west')!.charge(charge)).rejects.toMatchObject({ subject: 'west' });
  });

  it('know before they are open whether a hospital has a ledger that outlives the run', () => {
    expect(new RunRecords(true).ledgerOf('north')).toMatchObject({ outlivesRuns: true });
    expect(new RunRecords(false).ledgerOf('north')).toBeUndefined();
  });

  it('reach the log and the witness of each hospital, where they have their own', async () => {
    const records = new RunRecords(false, true);
    const { audit, witness } = records.ownOf('north')!;
    expect(() => audit.verifierKey).toThrow(expect.objectContaining({ code: 'AUDIT_FAILED' }));
    await expect(audit.append(event)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    const log = Object.assign(memoryAuditSink(), {
      verifierKey: 'key',
      head: async (known: readonly number[] = []) => ({ index: 0, root: known.join() }),
      prove: async (index: number) => ({ entry: String(index), proof: '' }),
    });
    const notes = {
      seen: async (who: string) => who.length,
      note: async (who: string) => `noted ${who}`,
      assertCosigned: () => undefined,
      assertLogged: () => undefined,
    };
    records.open(memoryAuditSink(), undefined, undefined, new Map([['north', { audit: log, witness: notes }]]));
    expect(audit.verifierKey).toBe('key');
    await audit.append(event);
    expect(log.events).toEqual([event]);
    expect(await audit.head([3, 4])).toMatchObject({ root: '3,4' });
    expect(await audit.prove(2)).toMatchObject({ entry: '2' });
    expect(await witness.seen('coordinator')).toBe(11);
    expect(await witness.note('coordinator', { index: 0, root: '' })).toBe('noted coordinator');
    await expect(records.ownOf('south')!.audit.append(event)).rejects.toMatchObject({ subject: 'south' });
    expect(new RunRecords(false).ownOf('north')).toBeUndefined();
  });
});

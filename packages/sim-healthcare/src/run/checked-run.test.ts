import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { memoryAuditSink, runFederation } from '@fedward/core';
import { expect, it } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import { checkedRun, type CheckedRun } from './checked-run.js';
import { makeLedgers, openLedgers } from './ledgers.js';

const never = new AbortController().signal;

async function runOf(options: object = {}): Promise<CheckedRun> {
  const dataDir = csvFolder({ north: 30, south: 30 });
  const plain = { scenario: 'csv', dataDir, privacy: 'none', rounds: 2, local: false, workers: 1 } as const;
  return checkedRun({ ...plain, ...options }, 'r');
}

it('runs the hospitals that were checked, whose records are open by then', async () => {
  const { federation, records } = await runOf();
  const log = memoryAuditSink();
  records.open(log, undefined);
  const { rounds } = await runFederation({ ...federation, audit: log });
  expect(rounds.map(({ participants }) => participants)).toEqual(Array(2).fill(['north', 'south']));
  expect(log.events.filter(({ type }) => type === 'training').map(({ clientId }) => clientId)).toEqual(
    Array(2).fill(['north', 'south']).flat(),
  );
});

it('releases nothing from hospitals whose records are not open', async () => {
  const { federation } = await runOf();
  const log = memoryAuditSink();
  await expect(runFederation({ ...federation, audit: log })).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  const dropped = log.events.filter(({ type }) => type === 'dropout');
  expect(dropped.map(({ clientId, details }) => [clientId, details['code']])).toEqual([
    ['north', 'AUDIT_FAILED'],
    ['south', 'AUDIT_FAILED'],
  ]);
});

it('knows of ledgers before there are any, and charges those that were opened', async () => {
  const ledger = join(csvFolder({}), 'ledgers');
  const options = { ledger, privacy: 'central', noiseMultiplier: 5, delta: 1e-5, budget: 8, accountant: 'gaussian' };
  const run = await runOf(options);
  const { federation, records } = run;
  const keeping = async () => (await federation.transport.client('north').describe(never)).keepsLedger;
  expect(await keeping()).toBe(true);
  expect(existsSync(ledger)).toBe(false);
  await makeLedgers(run);
  const ledgers = (await openLedgers(run))!;
  records.open(memoryAuditSink(), ledgers);
  const before = ledgers.get('south')!.epsilon;
  await runFederation(federation);
  expect(before).toBe(0);
  expect(ledgers.get('south')!.epsilon).toBeGreaterThan(0);
});

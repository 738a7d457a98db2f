import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, readAuditLog, verifyAuditLog } from '@fedward/audit';
import {
  createParameters,
  layoutOf,
  memoryCheckpointStore,
  Random,
  runFederation,
  type RoundReport,
} from '@fedward/core';
import { pldAccountant } from '@fedward/privacy-dp/accounting';
import { readLedger } from '@fedward/privacy-dp/ledger';
import { expect, it } from 'vitest';
import { ended, start } from './children.js';
import { socketTransport } from './socket.js';
import { aggregator, ids, mechanism, planOf, rounds } from './three-hospitals.js';

it('three hospitals in three processes, one killed in mid-round and started again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hospitals-'));
  const plan = planOf();
  const children = new Map<string, ChildProcess>();
  for (const id of ids) children.set(id, await start(id, folder, 0));
  const paths = Object.fromEntries(ids.map((id) => [id, join(folder, `${id}.sock`)]));
  const audit = await openAuditLog(join(folder, 'server-audit'));
  const random = new Random('start');
  const initial = createParameters(layoutOf(plan.model));
  initial.values.forEach((_, i) => (initial.values[i] = random.normal() / 2));
  /** South is slow from round 1 on, is killed while it trains in round 2, and comes back after round 3. */
  const onRound = async ({ round }: RoundReport): Promise<void> => {
    if (round === 0) {
      children.get('south')!.kill('SIGTERM');
      await ended(children.get('south')!);
      const south = await start('south', folder, 300);
      children.set('south', south);
      south.on('message', (message) => (message as { at?: number }).at === 2 && south.kill('SIGKILL'));
    }
    if (round === 3) children.set('south', await start('south', folder, 0));
  };
  const result = await runFederation({
    ...{ runId: 'run-1', plan, transport: socketTransport(paths), aggregator, mechanisms: [mechanism], initial },
    ...{ accountant: pldAccountant(), audit, checkpoints: memoryCheckpointStore(), onRound },
  });
  await audit.close();

  // The result.
  const took = result.rounds.map(({ participants }) => participants.join(' '));
  const [all, two] = ['north east south', 'north east'];
  expect(took).toEqual([all, all, two, two, all, all]);
  expect(result.rounds[2]!.dropped).toMatchObject([{ id: 'south', code: 'CLIENT_FAILED' }]);
  expect(result.simulationOnly).toBe(false);
  expect(result.privacy!.assumptions).toContainEqual(expect.stringMatching(/it is in the sites' ledgers/));

  for (const child of children.values()) {
    child.kill('SIGTERM');
    await ended(child);
  }
  // The ledgers: of south the round that it was killed in is charged, and the one that it was not there for is not.
  const ledgers = await Promise.all(ids.map((id) => readLedger(join(folder, id, 'ledger'))));
  expect(ledgers.map(({ releases }) => releases)).toEqual([rounds, rounds, rounds - 1]);
  for (const ledger of ledgers) expect(ledger).toMatchObject({ fault: null });
  // What the server says of a site is what its ledger says: the same releases, at a price that also holds over studies
  // to come (the filter), and so is the higher of the two. Of south the server booked every round that it asked in.
  const epsilons = ids.map((id) => result.privacy!.perClient.find((one) => one.id === id)!.epsilon!);
  expect(new Set(epsilons).size).toBe(1);
  for (const { epsilon } of ledgers.slice(0, 2)) {
    expect(epsilon).toBeGreaterThan(epsilons[0]!);
    expect(epsilon).toBeLessThan(8);
  }

  // The logs: each is whole, each has what its owner saw, and each has heads of the other's.
  const server = await verifyAuditLog(join(folder, 'server-audit'));
  expect(server).toMatchObject({ ok: true });
  const events = async (path: string) => {
    const entries: string[] = [];
    for await (const { event } of readAuditLog(path)) entries.push(JSON.stringify(event));
    return entries.join('\n');
  };
  const serverLog = await events(join(folder, 'server-audit'));
  for (const id of ids) {
    const log = join(folder, id, 'audit');
    expect(await verifyAuditLog(log)).toMatchObject({ ok: true });
    const text = await events(log);
    expect(text.match(/"type":"training"/g)).toHaveLength(id === 'south' ? rounds - 2 : rounds);
    expect(text).toContain('serverHead');
    const heads = [...serverLog.matchAll(new RegExp(`"${id}":"([0-9a-f]{64})"`, 'g'))].map(([, root]) => root!);
    expect(heads.length).toBeGreaterThan(0);
  }
  // South's private tensors are of its own disk: what it remembered was built upon after the kill.
  const kept = await readdir(join(folder, 'south', 'store'), { recursive: true });
  expect(kept.filter((name) => name.endsWith('.safetensors')).length).toBeGreaterThan(0);
});

it('a plan that a hospital has not approved is refused before round 0', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hospitals-'));
  const north = await start('north', folder, 0);
  const plan = { ...planOf('another plan'), quorum: 1 };
  const run = runFederation({
    ...{ runId: 'run-1', plan, transport: socketTransport({ north: join(folder, 'north.sock') }), aggregator },
    ...{ mechanisms: [mechanism], accountant: pldAccountant(), initial: createParameters(layoutOf(plan.model)) },
  });
  await expect(run).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED', family: 'configuration' });
  north.kill('SIGTERM');
  await ended(north);
  expect(await readLedger(join(folder, 'north', 'ledger'))).toMatchObject({ releases: 0 });
});

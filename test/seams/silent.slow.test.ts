import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParameters, layoutOf, memoryAuditSink, runFederation, type RoundReport } from '@fedward/core';
import { pldAccountant } from '@fedward/privacy-dp/accounting';
import { expect, it } from 'vitest';
import { ended, start } from './children.js';
import { socketTransport } from './socket.js';
import { aggregator, ids, mechanism, planOf } from './three-hospitals.js';

/** Long enough for hospitals that answer, on a machine that is busy. */
const deadline = 6;

it('a hospital whose process says nothing is dropped at the deadline, round after round, and said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'silent-'));
  const children = await Promise.all(ids.map((id) => start(id, folder, 0, deadline)));
  const south = children[ids.indexOf('south')]!;
  const plan = planOf(undefined, deadline);
  const audit = memoryAuditSink();
  const stop = new AbortController();
  const reports: RoundReport[] = [];
  // Stopped, and not ended: its door stays open and nobody comes to it. Three rounds are enough to see it.
  const onRound = (report: RoundReport): void => {
    reports.push(report);
    if (report.round === 0) south.kill('SIGSTOP');
    if (report.round === 2) stop.abort();
  };
  const paths = Object.fromEntries(ids.map((id) => [id, join(folder, `${id}.sock`)]));
  const run = runFederation({
    ...{ runId: 'run-1', plan, transport: socketTransport(paths), aggregator, mechanisms: [mechanism], audit, onRound },
    ...{ accountant: pldAccountant(), initial: createParameters(layoutOf(plan.model)), signal: stop.signal },
  });
  await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => ended(child)));

  expect(reports.map(({ participants }) => participants)).toEqual([ids, ['north', 'east'], ['north', 'east']]);
  for (const { dropped, lost } of reports.slice(1)) {
    expect(dropped).toMatchObject([{ id: 'south', code: 'DEADLINE_PASSED', reason: 'no answer within 6 s' }]);
    // Records may not be told under the plan's price: each hospital weighs the same.
    expect(lost).toEqual({ weight: 1, share: 1 / 3 });
  }
  expect(audit.events.filter(({ type }) => type === 'dropout')).toHaveLength(2);
});

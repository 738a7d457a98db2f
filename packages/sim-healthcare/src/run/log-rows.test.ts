import { parsePlan, type AuditEvent } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { findScenario } from '../scenario/index.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import { logRows } from './log-rows.js';
import { inputsOf } from './run-inputs.js';

async function logged(privacy: 'none' | 'dp-sgd'): Promise<AuditEvent[]> {
  const scenario = findScenario('tutorial');
  const population = await scenario.load({ seed: 1, hospitals: 2 });
  const plan = parsePlan(buildPlan(scenario, population, { scenario: 'tutorial', privacy }, allInstalled), 'the plan');
  const events: AuditEvent[] = [];
  const audit = {
    append: async (event: AuditEvent) => ({ index: events.push(event) - 1, root: '' }),
    close: async () => undefined,
  };
  await logRows({ runId: 'r', plan, population, inputs: inputsOf(population, []) }, () => audit);
  return events;
}

describe('logRows', () => {
  it("writes what became of each hospital's rows", async () => {
    const events = await logged('none');
    expect(events.map(({ type, clientId }) => [type, clientId])).toEqual([
      ['data', 'hospital-0'],
      ['data', 'hospital-1'],
    ]);
    for (const { details } of events) {
      const { read, used, dropped } = details['rows'] as { read: number; used: number; dropped: unknown[] };
      expect([read, dropped]).toEqual([used, []]);
      expect(read).toBeGreaterThan(0);
    }
  });

  it('withholds the counts under a mechanism, which does not pay for them', async () => {
    for (const { details } of await logged('dp-sgd')) expect(details).toEqual({ rows: 'withheld' });
  });
});

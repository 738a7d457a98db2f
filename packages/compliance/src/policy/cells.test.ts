import { createLayout, createSite, createTensors, memoryAuditSink, parseQueryPlan, planHash, type Query } from '@fedward/core'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import { neverFired, recordsOf, rulesOf } from '../testing/site.js';
import type { SitePolicyInput } from './schema.js';
import { sitePolicy } from './site-policy.js';

const plan = parseQueryPlan({
  ...{ schemaVersion: 1, name: 'counts', seed: 1, rounds: 1, aggregator: { name: 'sum' }, query: { name: 'ages' } },
});
const cells = { minimumCellSize: { minimum: 5, tensors: ['counts*'] }, update: { tensors: ['counts*', 'sums'] } };

/** What a site says that is asked for counts by age, whose query plugin answers with these numbers. */
async function answered(policy: Partial<SitePolicyInput>, counts: readonly number[], tensor = 'counts.age') {
  const layout = createLayout([
    { name: tensor, shape: [counts.length] },
    { name: 'sums', shape: [1] },
  ]);
  const query: Query = {
    name: 'ages',
    form: { layout, element: 'f64' },
    answer: async () => ({ layout, values: Float64Array.from([...counts, 0.25]) }),
  };
  const audit = memoryAuditSink();
  const site = createSite({ id: 'a', plan, data: recordsOf(10), query, audit, policy: sitePolicy(rulesOf(policy)) });
  const task = {
    ...{ runId: 'run-1', round: 0, planHash: planHash(plan), cohort: ['a'], instructions: {}, taken: null },
    payload: createTensors({ layout: createLayout([]), element: 'f64' }),
  };
  const said = await site.answer(task, neverFired).then(({ payload }) => [...payload.values], String);
  return { said, reason: audit.events.find(({ type }) => type === 'refusal')?.details['reason'] };
}

describe('counts in the answer of a query', () => {
  it('leave where none is small', async () => {
    expect((await answered(cells, [0, 5, 12])).said).toEqual([0, 5, 12, 0.25]);
  });

  it.each([[[1]], [[0, 4, 12]], [[4.5]], [[-3]], [[7, 4.999]]])('stay where one is: %j', async (counts) => {
    const { said, reason } = await answered(cells, counts);
    expect(said).toMatch(/rule minimumCellSize: a count is below 5 and not 0/);
    expect(reason).toMatch(/^tensor counts.age has the count .*, the least is 5$/);
  });

  it('stay where the plugin calls them otherwise, or the policy says nothing of them', async () => {
    expect((await answered(cells, [1], 'mary-smith')).said).toMatch(/rule tensors: .* not asked for/);
    expect((await answered({ update: { tensors: ['x', 'sums'] }, minimumCellSize: cells.minimumCellSize }, [9], 'x')).said).toMatch(/none of the tensors whose counts/); // prettier-ignore
    expect((await answered({}, [9])).said).toMatch(/rule tensors/);
  });
});

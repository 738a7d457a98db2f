import {
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  memoryAuditSink,
  runFederation,
  simulatedRandomness,
  type Client,
  type PrivacyMechanism,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { expect, it } from 'vitest';
import { multiKrum } from './multi-krum.js';
import { dataOf, linearPlan } from './support.js';

const plan = linearPlan({ aggregator: { name: 'multi-krum', options: { byzantine: 1, keep: 3 } }, rounds: 3 });

/** Sends a change of 1,000 in every parameter. */
const lying = (client: Client): Client => ({
  ...client,
  answer: async (task, signal) => {
    const update = await client.answer(task, signal);
    return { ...update, payload: { ...update.payload, values: new Float32Array(update.payload.values.length).fill(1000) } }; // prettier-ignore
  },
});

const federation = () => {
  const data = dataOf([[1, 0], [0, 1]], [1, -1]); // prettier-ignore
  const sites = ['a', 'b', 'c', 'd', 'e'].map((id) =>
    createSite({ ...{ id, plan, data }, trainer: referenceTrainer(), randomness: simulatedRandomness(1) }),
  );
  return {
    ...{ runId: 'run-1', plan, aggregator: multiKrum({ byzantine: 1, keep: 3 }) },
    transport: inMemoryTransport(sites.map((site) => (site.id === 'e' ? lying(site) : site))),
    initial: createParameters(layoutOf(plan.model)),
  };
};

it('survives a site that lies, and names it', async () => {
  const audit = memoryAuditSink();
  const { model, rounds } = await runFederation({ ...federation(), audit });
  expect(model.values[0]).toBeCloseTo(1, 2);
  for (const { participants, dropped, leftOut } of rounds) {
    expect(participants).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(dropped).toEqual([]);
    expect(leftOut.map(({ id }) => id)).toEqual(['d', 'e']);
    expect(leftOut[1]!.reason).toMatch(/from its nearest neighbours/);
  }
  const aggregations = audit.events.filter(({ type }) => type === 'aggregation');
  expect(aggregations.map(({ details }) => details['leftOut'])).toEqual(rounds.map(({ leftOut }) => leftOut));
});

it('is refused beside a mechanism that removes individual updates', async () => {
  const mask: PrivacyMechanism = { name: 'mask', requires: ['sum-only'], removes: ['individual-updates'] };
  const masked = { ...plan, privacy: { mechanisms: [{ name: 'mask', options: {} }], unit: 'record' as const } };
  const run = runFederation({ ...federation(), plan: masked, mechanisms: [mask] });
  await expect(run).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
});

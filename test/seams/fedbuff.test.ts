import { fedAvg } from '@fedward/aggregator-fedavg';
import {
  buffered,
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  memoryAuditSink,
  runFederation,
  simulatedRandomness,
  type Aggregator,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { expect, it } from 'vitest';
import { fedBuff } from './fedbuff.js';
import { dataOf, linearPlan } from './support.js';

const collector = { name: 'buffered', options: { size: 2, patience: 50 } };
const data = dataOf([[1, 0], [0, 1]], [1, -1]); // prettier-ignore

/** Two quick hospitals and one that takes as long as three rounds of theirs, however busy the machine is. */
function federation(aggregator: Aggregator) {
  const plan = linearPlan({ aggregator: { name: aggregator.name }, collector, rounds: 12, quorum: 2 });
  let answers = 0;
  let several = (): void => undefined;
  const severalRounds = new Promise<void>((resolve) => (several = resolve));
  const sites = ['a', 'b', 'c'].map((id) =>
    createSite({
      ...{ id, plan, data, trainer: referenceTrainer(), randomness: simulatedRandomness(1) },
      strategy: {
        name: 'train-and-subtract',
        async answer({ sent, train }) {
          if (id === 'c') await severalRounds;
          else if (++answers === 6) several();
          const model = createParameters(sent.layout, sent.values as Float32Array);
          const { payload } = await train(model);
          return { update: { ...payload, values: payload.values.map((w, i) => w - model.values[i]!) } };
        },
      },
    }),
  );
  return {
    ...{ runId: 'run-1', plan, aggregator, collector: buffered({ size: 2, patience: 50 }) },
    transport: inMemoryTransport(sites),
    initial: createParameters(layoutOf(plan.model)),
  };
}

it('a slow hospital holds nobody up, and is nowhere called dropped', async () => {
  const audit = memoryAuditSink();
  const { model, rounds } = await runFederation({ ...federation(fedBuff()), audit });
  expect(model.values[0]).toBeGreaterThan(0.9);
  expect(rounds).toHaveLength(12);
  expect(rounds.flatMap(({ dropped }) => dropped)).toEqual([]);
  expect(audit.events.filter(({ type }) => type === 'dropout')).toEqual([]);
  expect(rounds[0]).toMatchObject({ participants: ['a', 'b'], waiting: ['c'], stale: [] });
  const late = rounds.flatMap(({ round, stale }) =>
    stale.map(({ id, baseRound }) => ({ id, late: round - baseRound })),
  );
  expect(late.some(({ id }) => id === 'c')).toBe(true);
  expect(late.every((one) => one.late > 0)).toBe(true);
  // Who is at work is not asked again: each round asks those that are idle.
  const asked = audit.events.filter(({ type }) => type === 'round-start').map(({ details }) => details['cohort']);
  expect(asked[1]).toEqual(['a', 'b']);
});

it('is refused for an aggregator that takes updates of its own round alone', async () => {
  await expect(runFederation(federation(fedAvg() as Aggregator))).rejects.toThrow(/stale-updates/);
});

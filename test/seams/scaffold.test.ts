import { fedAvg } from '@fedward/aggregator-fedavg';
import {
  createParameters,
  createSite,
  FedwardError,
  inMemoryTransport,
  layoutOf,
  memoryClientStore,
  runFederation,
  simulatedRandomness,
  type Aggregator,
  type Client,
  type ClientStore,
  type TrainingPlanInput,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { expect, it } from 'vitest';
import { scaffold, scaffoldSite } from './scaffold.js';
import { dataOf, linearPlan } from './support.js';

/** Two hospitals that pull in different directions, with different curvature: FedAvg's fixed point is off the optimum. */
const hospitals = {
  a: dataOf([[2, 0], [0, 0.3]], [2, 0.3]), // prettier-ignore
  b: dataOf([[0.3, 0], [0, 2]], [-0.3, -2]), // prettier-ignore
};
const optimum = [(4 - 0.09) / 4.09, (0.09 - 4) / 4.09];

interface Setting {
  readonly changes?: Partial<TrainingPlanInput>;
  readonly store?: ClientStore;
  readonly runId?: string;
  /** What becomes of a site's answer on its way to the server. */
  readonly onTheWay?: (client: Client) => Client;
}

async function distanceToOptimum(which: 'scaffold' | 'fedavg', setting: Setting = {}): Promise<number> {
  const { changes = {}, store = memoryClientStore(), runId = 'run-1', onTheWay = (client) => client } = setting;
  const plan = linearPlan({ aggregator: { name: which }, ...changes });
  const strategy = which === 'scaffold' ? { strategy: scaffoldSite } : {};
  const sites = Object.entries(hospitals).map(
    ([id, data]) =>
    createSite({ ...{ id, plan, data, store }, trainer: referenceTrainer(), ...strategy, randomness: simulatedRandomness(1) }), // prettier-ignore
  );
  const { model } = await runFederation({
    ...{ runId, plan, transport: inMemoryTransport(sites.map(onTheWay)) },
    aggregator: (which === 'scaffold' ? scaffold() : fedAvg()) as Aggregator,
    initial: createParameters(layoutOf(plan.model)),
  });
  return Math.hypot(...optimum.map((w, i) => w - model.values[i]!));
}

/** Loses the answer of one hospital in every third round, once the hospital has done its work. */
const loseOneInThree = (client: Client): Client => ({
  ...client,
  answer: async (task, signal) => {
    const update = await client.answer(task, signal);
    if (client.id === 'b' && task.round % 3 === 1) throw new FedwardError('CLIENT_FAILED', 'lost on the way', 'b');
    return update;
  },
});

it('gets to the optimum where FedAvg drifts', async () => {
  expect(await distanceToOptimum('fedavg')).toBeGreaterThan(0.3);
  expect(await distanceToOptimum('scaffold')).toBeLessThan(1e-6);
});

it('gets there when one answer in three is lost', async () => {
  const changes = { rounds: 90 };
  expect(await distanceToOptimum('scaffold', { changes, onTheWay: loseOneInThree })).toBeLessThan(1e-6);
});

it('does not read the state of another run', async () => {
  const store = memoryClientStore();
  const first = await distanceToOptimum('scaffold', { store, changes: { rounds: 3 } });
  expect(await distanceToOptimum('scaffold', { store, changes: { rounds: 3 }, runId: 'run-2' })).toBe(first);
});

it('is refused before round 0 under another optimizer', async () => {
  const { training } = linearPlan();
  const changes = { training: { ...training, optimizer: { name: 'adam', learningRate: 0.1 } } } as const;
  await expect(distanceToOptimum('scaffold', { changes })).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'training.optimizer.name' }); // prettier-ignore
});

it('is refused before round 0 where a site has not its half', async () => {
  const plan = linearPlan({ aggregator: { name: 'scaffold' } });
  const sites = Object.entries(hospitals).map(([id, data]) =>
    createSite({ id, plan, data, trainer: referenceTrainer() }),
  );
  const transport = inMemoryTransport(sites);
  const initial = createParameters(layoutOf(plan.model));
  const run = runFederation({ runId: 'run-1', plan, transport, aggregator: scaffold(), initial });
  await expect(run).rejects.toThrow(/the aggregator needs scaffold/);
});

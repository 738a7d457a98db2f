import {
  addMean,
  composeAggregator,
  createLayout,
  createParameters,
  createSite,
  inMemoryTransport,
  noNoise,
  runFederation,
  simulatedRandomness,
  weightedSum,
  type Aggregate,
  type LocalTrainer,
  type PrivacyMechanism,
} from '@fedward/core';
import { expect, it } from 'vitest';
import { rdpAccountant } from '../accounting/index.js';
import { planWith, shuffle } from '../testing/plan.js';
import { central } from './central.js';
import { local } from './local.js';

const ids = ['a', 'b', 'c'];
const weights = (name: string, shape: number[]) => ({ name, shape });
const layout = createLayout([weights('0.dense.kernel', [4, 2]), weights('0.dense.bias', [2])]);
const initial = createParameters(
  layout,
  Float32Array.from({ length: layout.size }, (_, i) => Math.cos(i)),
);
/** The model that a hospital trains: other weights by about a millionth, as float32 has them. */
const trainedAt = (id: string): Float32Array =>
  initial.values.map((w, i) => w + 1e-6 * Math.sin(10 * ids.indexOf(id) + i));
/** What it changed, in numbers that round nothing. */
const changeAt = (id: string): number[] => Array.from(trainedAt(id), (x, i) => x - initial.values[i]!);
const norm = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));

const trainer: LocalTrainer = {
  name: 'any',
  describe: async () => 'changes little',
  train: async (_payload, _data, { clientId }) => ({
    payload: createParameters(layout, trainedAt(clientId)),
    ...{ steps: 1, metrics: {} },
  }),
  predict: async () => new Float32Array(),
};
const data = { count: 1, featureShape: [4], features: new Float32Array(4), labels: new Float32Array(1) };

/** What arrives at the server, over three sites, their mechanism, the sum, and the mechanism again. */
async function arriving(mechanism: PrivacyMechanism): Promise<number[]> {
  const mechanisms = [mechanism];
  const plan = {
    ...planWith(shuffle, { unit: 'hospital', mechanisms: [{ name: mechanism.name }] }),
    rounds: 1,
  };
  const arrived: Aggregate[] = [];
  const sums = composeAggregator({
    ...{ name: 'any', reduce: weightedSum, requires: [], provides: ['sum-only', 'bounded-sensitivity'] },
    optimizer: addMean,
  });
  const apply: typeof sums.apply = (state, aggregate, context) => {
    arrived.push(aggregate);
    return sums.apply(state, aggregate, context);
  };
  const sites = ids.map((id) =>
    createSite({ id, plan, data, trainer, mechanisms, randomness: simulatedRandomness(1) }),
  );
  await runFederation({
    ...{ runId: 'run', plan, mechanisms, initial, accountant: rdpAccountant(), noise: () => noNoise },
    ...{ transport: inMemoryTransport(sites), aggregator: { ...sums, apply }, simulationOnly: true },
  });
  const [{ payload, divisor }] = arrived as [Aggregate];
  return Array.from(payload, (x) => x / divisor);
}

const none = { noiseMultiplier: 0 };
it.each([
  ['local', (clipNorm: number) => local({ ...none, clipNorm })],
  ['central', (clipNorm: number) => central({ ...none, clipNorm, expectedClients: 3 }) as PrivacyMechanism],
  [
    'central with adaptive clipping',
    (clipNorm: number) => central({ ...none, clipNorm, expectedClients: 3, adaptive: {} }) as PrivacyMechanism,
  ],
])("a change of 1e-6 of the weights' size arrives with relative error below 1e-5: %s", async (_, mechanismFor) => {
  const mean = (changes: number[][]) => changes[0]!.map((_, i) => changes.reduce((sum, x) => sum + x[i]! / 3, 0));
  const changes = ids.map(changeAt);
  const errorOf = (arrived: number[], expected: number[]) =>
    norm(arrived.map((x, i) => x - expected[i]!)) / norm(expected);

  const whole = errorOf(await arriving(mechanismFor(1)), mean(changes));
  expect(whole).toBeLessThan(1e-12); // nothing was shortened

  const clipNorm = 1e-6 * Math.min(...changes.map(norm));
  const shortened = mean(changes.map((change) => change.map((x) => x * (clipNorm / norm(change)))));
  const clipped = errorOf(await arriving(mechanismFor(clipNorm)), shortened);
  expect(clipped).toBeLessThan(1e-5);
});

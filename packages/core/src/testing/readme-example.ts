/* eslint-disable no-console -- the README shows what it prints */
import {
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  memoryAuditSink,
  parsePlan,
  runFederation,
  simulatedRandomness,
  type Aggregator,
  type LocalTrainer,
  type TrainingData,
} from '../index.js';

/** The plan is data: it is what every hospital approves, by its SHA-256. */
const plan = parsePlan({
  schemaVersion: 1,
  name: 'dose and response',
  seed: 42,
  rounds: 20,
  model: { inputShape: [1], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' },
  training: {
    trainer: 'gradient-descent',
    batches: { kind: 'shuffle', size: 1, epochs: 5 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'mean' },
  quorum: 2,
});

/** What a hospital does with its records: here a line, w x + b, one record after the other. */
const trainer: LocalTrainer = {
  name: 'gradient-descent',
  describe: async () => 'plain TypeScript',
  async train({ layout, values }, { count, features, labels }, { random }) {
    const { batches, optimizer } = plan.training;
    const epochs = batches.kind === 'shuffle' ? batches.epochs : 1;
    let [w, b] = [values[0]!, values[1]!];
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const i of random.fork(epoch).permutation(count)) {
        const error = w * features[i]! + b - labels[i]!;
        w -= optimizer.learningRate * error * features[i]!;
        b -= optimizer.learningRate * error;
      }
    return { payload: createParameters(layout, Float32Array.of(w, b)), steps: epochs * count, metrics: {} };
  },
  predict: async (_model, { values }, { features }) => features.map((x) => values[0]! * x + values[1]!),
};

/** How updates become one: the mean, weighted by the number of records. */
const layout = layoutOf(plan.model);
const mean: Aggregator<Float32Array> = {
  name: 'mean',
  requires: [],
  provides: ['sum-only'],
  init: ({ values }) => values,
  parameters: (values) => createParameters(layout, values),
  instruct: (values) => ({ payload: createParameters(layout, values), instructions: {} }),
  reduce() {
    const payload = new Float64Array(layout.size);
    let [divisor, count] = [0, 0];
    return {
      add({ payload: { values }, weight }) {
        values.forEach((x, i) => (payload[i]! += weight * x));
        divisor += weight;
        count++;
      },
      finish: () => ({ payload, divisor, count }),
    };
  },
  apply: (values, { payload, divisor }) => values.map((w, i) => w + payload[i]! / divisor),
};

/** Each hospital has seen other doses; the response is 2 x + 1 everywhere. */
const dataOf = (...doses: number[]): TrainingData => ({
  count: doses.length,
  featureShape: [1],
  features: Float32Array.from(doses),
  labels: Float32Array.from(doses, (x) => 2 * x + 1),
});
const hospitals = { north: dataOf(0, 0.5, 1), east: dataOf(1, 1.5), south: dataOf(-1, 0, 0.25, 2) };

const audit = memoryAuditSink();
const { model, rounds } = await runFederation({
  runId: 'run-1',
  plan,
  transport: inMemoryTransport(
    Object.entries(hospitals).map(([id, data]) =>
      // At a hospital itself this runs in its own process, and its randomness is secret: the default.
      createSite({ id, plan, data, trainer, audit, randomness: simulatedRandomness(plan.seed) }),
    ),
  ),
  aggregator: mean,
  initial: createParameters(layout),
  audit,
});

console.log(`w ${model.values[0]!.toFixed(3)}, b ${model.values[1]!.toFixed(3)}`); // w 2.000, b 1.000
console.log(`${rounds.length} rounds, ${audit.events.length} events in the log`); // 20 rounds, 102 events in the log

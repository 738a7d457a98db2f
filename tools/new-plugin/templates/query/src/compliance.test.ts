import { createLayout, createTensors, parseQueryPlan, type TrainingData } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { queryCompliance } from '@fedward/testkit/query';
import { describe, it } from 'vitest';
import { myPluginQuery, myPluginSums } from './index.js';

const options = { classes: 3 };
const reference = { name: 'my-plugin', options };
const plan = parseQueryPlan({
  ...{ schemaVersion: 1, name: 'how many', seed: 1, rounds: 1 },
  ...{ query: reference, aggregator: reference },
});

const withLabels = (labels: Float32Array): TrainingData => ({
  ...{ count: labels.length, featureShape: [1], features: new Float32Array(labels.length), labels },
});

queryCompliance({
  create: () => myPluginQuery(options),
  plan,
  records: (random, count) => withLabels(Float32Array.from({ length: count }, () => random.integer(0, 3))),
  join: (a, b) => withLabels(Float32Array.of(...a.labels, ...b.labels)),
  rejects: [3, -1, 0.5, NaN].map((label) => withLabels(Float32Array.of(0, label))),
}).register({ describe, it });

aggregatorCompliance({
  create: () => myPluginSums(options),
  plan,
  initial: createTensors({ layout: createLayout([]), element: 'f64' }),
}).register({ describe, it });

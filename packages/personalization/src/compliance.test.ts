import { parsePlan, type TrainingPlan, type TrainingPlanInput } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { siteStrategyCompliance } from '@fedward/testkit/site-strategy';
import { describe, it } from 'vitest';
import { registry } from './testing/hospitals.js';

const planOf = (name: string, changes: Partial<TrainingPlanInput> = {}): TrainingPlan =>
  parsePlan({
    ...{ schemaVersion: 1, name: 'compliance', seed: 7, rounds: 3, aggregator: { name } },
    model: {
      inputShape: [3],
      layers: [
        { type: 'dense', units: 4 },
        { type: 'group-norm', groups: 2 },
        { type: 'dense', units: 2 },
      ],
      loss: 'softmax-cross-entropy',
    },
    training: {
      trainer: 'reference',
      batches: { kind: 'shuffle', size: 4, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    ...changes,
  });
const oneLayer: TrainingPlanInput['model'] = {
  inputShape: [3],
  layers: [{ type: 'dense', units: 2 }],
  loss: 'softmax-cross-entropy',
};
const onlyBias = { model: { ...oneLayer, layers: [{ type: 'dense', units: 2, bias: false }] } } as const;

const strategies: readonly {
  readonly name: string;
  readonly options: TrainingPlan['aggregator']['options'];
  readonly rejects: readonly Partial<TrainingPlanInput>[];
}[] = [
  { name: 'fine-tuning', options: { steps: 3, batchSize: 2, learningRate: 0.05 }, rejects: [] },
  { name: 'fine-tuning', options: { steps: 3, tensors: [2] }, rejects: [{ model: oneLayer }] },
  { name: 'private-tensors', options: { tensors: ['2.dense.bias', 0] }, rejects: [{ model: oneLayer }] },
  { name: 'fedper', options: {}, rejects: [{ model: oneLayer }, onlyBias] },
  { name: 'fedper', options: { layers: 2 }, rejects: [{ model: oneLayer }] },
  { name: 'fedbn', options: {}, rejects: [{ model: oneLayer }] },
  { name: 'ditto', options: { lambda: 0 }, rejects: [] },
  {
    name: 'ditto',
    options: { lambda: 0.5, steps: 2 },
    rejects: [
      {
        training: {
          trainer: 'reference',
          batches: { kind: 'shuffle', size: 4, epochs: 1 },
          optimizer: { name: 'sgd', learningRate: 4 },
        },
      },
    ],
  },
];

for (const { name, options, rejects } of strategies) {
  const plan = planOf(name);
  const refused = rejects.map((changes) => planOf(name, changes));
  const aggregator = () => registry.create('aggregator', { name, options });
  aggregatorCompliance({ create: aggregator, mean: true, plan, rejects: refused }).register({ describe, it });
  siteStrategyCompliance({
    ...{ create: () => registry.site({ name, options })!, aggregator, plan, rejects: refused },
  }).register({ describe, it });
}

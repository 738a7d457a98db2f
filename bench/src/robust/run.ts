import {
  createSite,
  inMemoryTransport,
  parsePlan,
  PluginRegistry,
  Random,
  runFederation,
  simulatedRandomness,
  type TrainingData,
} from '@fedward/core';
import { plugins as averaging } from '@fedward/aggregator-fedavg';
import { plugins as robust } from '@fedward/aggregator-robust';
import { modelMetrics } from '@fedward/metrics-clinical';
import { initialParameters } from '@fedward/models-medical';
import type { Population } from '@fedward/sim-healthcare';
import { wasmTrainer } from '@fedward/trainer-wasm';
import { lying } from './attacks.js';
import { gaussian, innerProduct, littleIsEnough, scaled, signFlip, type Lie } from './lies.js';
import { settings, type AttackName } from './settings.js';

const registry = new PluginRegistry([...averaging, ...robust]);
const { attacks } = settings;
const lies: Readonly<Record<AttackName, Lie | undefined>> = {
  'sign flip': signFlip,
  'scaling by 100': scaled(attacks['scaling by 100'].factor),
  Gaussian: gaussian(attacks.Gaussian.deviation),
  'label flip': undefined,
  'a little is enough': littleIsEnough(attacks['a little is enough'].z),
  'inner product': innerProduct(attacks['inner product'].epsilon),
};

/** One training of one rule under one attack. */
export interface Trial {
  readonly rule: string;
  readonly options: object;
  readonly attack: AttackName | undefined;
  readonly attackers: number;
  readonly seed: number;
  readonly rounds: number;
}

/** All training records in an order by the seed, dealt out to so many hospitals. */
export function dealt(population: Population, hospitals: number, seed: number): TrainingData[] {
  const parts = population.ids.map((id) => population.hospital(id).train);
  const width = parts[0]!.featureShape.reduce((a, b) => a * b, 1);
  const rows = parts.flatMap(({ features, labels, count }) =>
    Array.from({ length: count }, (_, i) => ({
      features: features.subarray(i * width, (i + 1) * width),
      label: labels[i]!,
    })),
  );
  const random = new Random(seed).fork('dealt');
  const order = rows.map((row) => ({ row, key: random.uniform() })).sort((a, b) => a.key - b.key);
  return Array.from({ length: hospitals }, (_, k) => {
    const own = order.filter((_, i) => i % hospitals === k).map(({ row }) => row);
    const features = new Float32Array(own.length * width);
    own.forEach((row, i) => features.set(row.features, i * width));
    return { count: own.length, featureShape: parts[0]!.featureShape, features, labels: Float32Array.from(own, ({ label }) => label) }; // prettier-ignore
  });
}

/** Accuracy of the last model on the pooled test part. */
export async function accuracyOf(
  trial: Trial,
  population: Population,
  hospitals: readonly TrainingData[],
): Promise<number> {
  const { rule, options, attack, attackers, seed, rounds } = trial;
  const plan = parsePlan({
    ...{ schemaVersion: 1, name: 'robust', seed, rounds, aggregator: { name: rule, options } },
    model: {
      inputShape: [...population.inputShape],
      layers: [{ type: 'dense', units: 2 }],
      loss: 'softmax-cross-entropy',
    },
    training: {
      trainer: 'wasm',
      batches: { kind: 'shuffle', size: settings.batchSize, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: settings.learningRate },
    },
  });
  const trainer = wasmTrainer();
  const ids = hospitals.map((_, i) => `hospital-${i}`);
  const liars = new Set(attack === undefined ? [] : ids.slice(0, attackers));
  const strategy = registry.site(plan.aggregator);
  const sites = hospitals.map((data, i) => {
    const own =
      attack === 'label flip' && liars.has(ids[i]!) ? { ...data, labels: data.labels.map((y) => 1 - y) } : data;
    const common = { id: ids[i]!, plan, trainer, mechanisms: [], randomness: simulatedRandomness(seed) };
    return createSite({ ...common, data: own, ...(strategy && { strategy }) });
  });
  const transport = inMemoryTransport(sites);
  const lie = attack && lies[attack];
  const { model } = await runFederation({
    ...{ runId: 'robust', plan, mechanisms: [] },
    aggregator: registry.create('aggregator', plan.aggregator),
    transport: lie ? lying(transport, liars, lie, seed) : transport,
    initial: initialParameters(plan.model, new Random(seed).fork('initial')),
  });
  const outputs = await trainer.predict(plan.model, model, population.test);
  return modelMetrics(plan.model.loss, outputs, population.test.labels)['accuracy']!;
}

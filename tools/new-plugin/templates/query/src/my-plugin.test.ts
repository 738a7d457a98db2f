import {
  createSite,
  inMemoryTransport,
  parseQueryPlan,
  PluginRegistry,
  runFederation,
  type TrainingData,
} from '@fedward/core';
import { expect, it } from 'vitest';
import { myPluginQuery, plugins } from './index.js';

const registry = new PluginRegistry(plugins);
const reference = { name: 'my-plugin', options: { classes: 3 } };
const plan = parseQueryPlan({
  ...{ schemaVersion: 1, name: 'how many', seed: 1, rounds: 1 },
  ...{ query: reference, aggregator: reference },
});

const records = (...labels: number[]): TrainingData => ({
  ...{ count: labels.length, featureShape: [1], features: new Float32Array(labels.length) },
  labels: Float32Array.from(labels),
});

it('counts over all hospitals', async () => {
  const query = registry.create('query', plan.query);
  const hospitals = { north: records(0, 2, 2), south: records(1, 2) };
  const sites = Object.entries(hospitals).map(([id, data]) => createSite({ id, plan, data, query }));
  const transport = inMemoryTransport(sites);
  const aggregator = registry.create('aggregator', plan.aggregator);
  const { model } = await runFederation({ runId: 'run-1', plan, transport, aggregator });
  expect([...model.values]).toEqual([1, 1, 3]);
});

it('says how far one record moves its answer, and nothing of patients', () => {
  const { sensitivity } = myPluginQuery({ classes: 3 });
  expect(sensitivity!('record')).toBe(1);
  expect(sensitivity!('patient')).toBeUndefined();
});

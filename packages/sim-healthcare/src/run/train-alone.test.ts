import { fedAvg } from '@fedward/aggregator-fedavg';
import { createParameters, createSite, inMemoryTransport, layoutOf, parsePlan } from '@fedward/core';
import { runFederation, simulatedRandomness, type LocalTrainer } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { clippingAlone, planAlone, trainAlone } from './train-alone.js';

const federated = planAlone(
  parsePlan({
    schemaVersion: 1,
    name: 'alone',
    seed: 11,
    rounds: 4,
    quorum: 3,
    deadlineSeconds: 5,
    cohort: { select: 'uniform', size: 3 },
    model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    aggregator: { name: 'fedprox', options: { mu: 1 } },
    training: {
      trainer: 'fake',
      batches: { kind: 'shuffle', size: 4, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    privacy: { mechanisms: [{ name: 'dp-sgd' }], accountant: 'rdp', delta: 1e-5, unit: 'patient' },
  }),
);
const plan = { ...federated, privacy: null, aggregator: { name: 'fedavg', options: {} } };
const data = { count: 37, featureShape: [3], features: new Float32Array(111), labels: new Float32Array(37) };
const initial = createParameters(layoutOf(plan.model), Float32Array.of(1, -2, 1e-30, 3e10, 0.1, 0.2, -0.3, 7));
const never = new AbortController().signal;

/** Draws from both streams, so that it tells where they come from. */
const trainer = (poison = Infinity): LocalTrainer => ({
  name: 'fake',
  describe: async () => 'fake',
  async train({ layout, values }, _data, { random, noise, round, wishes, gradientPrivacy }) {
    expect([wishes, gradientPrivacy]).toEqual([{}, undefined]);
    const next = values.map((x) => (round >= poison ? Infinity : x * 0.9 + random.normal()));
    noise.addGaussian(next, 0.5);
    return { payload: { layout, values: next }, steps: 10, metrics: { loss: round } };
  },
  predict: async () => new Float32Array(),
});

describe('training alone', () => {
  it('is a federation of one', async () => {
    const site = { id: 'a', plan, data, trainer: trainer(), randomness: simulatedRandomness(plan.seed) };
    const { model } = await runFederation({
      runId: 'run',
      plan,
      transport: inMemoryTransport([createSite(site)]),
      aggregator: fedAvg(),
      initial,
    });
    const alone = { plan, clientId: 'a', runId: 'run', data, initial, trainer: trainer() };
    const { payload, steps, metrics } = await trainAlone(alone, never);
    expect(payload.values).toEqual(model.values);
    expect([steps, metrics]).toEqual([40, { loss: 3 }]);
  });

  it('clips as the federation does, by its unit, and adds no noise', async () => {
    const gradientPrivacy = clippingAlone({ clip: 'per-example', clipNorm: 2, noiseMultiplier: 4 });
    const seen: unknown[] = [];
    const noting: LocalTrainer = {
      ...trainer(),
      async train(payload, _data, context) {
        seen.push([context.gradientPrivacy, context.plan.privacy?.unit]);
        return { payload, steps: 1, metrics: {} };
      },
    };
    const alone = { plan: federated, clientId: 'a', runId: 'run', data, initial, trainer: noting, gradientPrivacy };
    await trainAlone(alone, never);
    expect(seen).toEqual(Array(4).fill([{ clip: 'per-example', clipNorm: 2, noiseMultiplier: 0 }, 'patient']));
    expect(clippingAlone(undefined)).toBeUndefined();
  });

  it('names hospital, round and tensor of a NaN or an Infinity', async () => {
    const alone = { plan, clientId: 'a', runId: 'run', data, initial, trainer: trainer(2) };
    await expect(trainAlone(alone, never)).rejects.toMatchObject({
      code: 'UPDATE_NOT_FINITE',
      subject: 'a',
      message: expect.stringContaining('0.dense.kernel after round 2') as string,
    });
  });
});

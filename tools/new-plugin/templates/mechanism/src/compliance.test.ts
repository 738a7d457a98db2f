import { parsePlan } from '@fedward/core';
import { privacyMechanismCompliance } from '@fedward/testkit/privacy-mechanism';
import { describe, it } from 'vitest';
import { myPluginMechanism } from './my-plugin.js';

/** A plan that it accepts. Plans under which its promise would not be true belong into `rejects`. */
const plan = parsePlan({
  ...{ schemaVersion: 1, name: 'clipped and noised', seed: 1, rounds: 10, aggregator: { name: 'any' } },
  model: { inputShape: [4], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  training: {
    trainer: 'any',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  privacy: { mechanisms: [{ name: 'my-plugin' }], accountant: 'any', delta: 1e-5 },
});

privacyMechanismCompliance({
  create: () => myPluginMechanism({ clipNorm: 0.8, noiseMultiplier: 0.6 }),
  plan,
  sensitivity: 2 * 0.8,
}).register({ describe, it });

import { FedwardError, parsePlan } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { namingOption } from './naming-option.js';

const thrown = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('namingOption', () => {
  const quorum = new FedwardError('CONFIG_INVALID', 'quorum: more than there are', 'quorum');

  it('names the option that gave a key of the plan, and keeps the key', () => {
    expect(namingOption(quorum, ['--seed', '--quorum'])).toMatchObject({
      code: 'CONFIG_INVALID',
      message: '--quorum: quorum: more than there are',
      subject: '--quorum',
      cause: quorum,
    });
  });

  it('names --set, which goes over the options, where it gave the key', () => {
    expect(namingOption(quorum, ['--quorum', '--set'], ['seed=1', 'quorum=9'])).toMatchObject({
      message: '--set quorum: quorum: more than there are',
      subject: '--set',
    });
    expect(namingOption(quorum, ['--quorum', '--set'], ['seed=1'])).toMatchObject({ subject: '--quorum' });
  });

  it('leaves alone what came of a config or a default', () => {
    expect(namingOption(quorum, ['--seed'])).toBe(quorum);
  });

  it('leaves alone what failed under way, what names no key, and what is no error of ours', () => {
    const others = [
      new FedwardError('QUORUM_NOT_MET', 'round 1', 'quorum'),
      new FedwardError('CONFIG_INVALID', 'something'),
      new FedwardError('CONFIG_INVALID', 'odd', 'constructor'),
      new Error('quorum'),
      'quorum',
    ];
    for (const error of others) expect(namingOption(error, ['--quorum', '--seed'])).toBe(error);
  });

  it.each([
    ['clipNorm', '--clip-norm'],
    ['privacy.mechanisms.0.options.clipNorm', '--clip-norm'],
    ['privacy.mechanisms.10.options.noiseMultiplier', '--noise-multiplier'],
    ['aggregator.options.mu', '--proximal-mu'],
    ['trainer.options.backend', '--backend'],
    ['trainer.backend', '--backend'],
  ])('knows the key of a plugin: %s', (key, option) => {
    const error = new FedwardError('CONFIG_INVALID', key, key);
    expect(namingOption(error, [option])).toMatchObject({ subject: option });
    expect(namingOption(error, [])).toBe(error);
  });

  it.each([
    [{ rounds: 0 }, '--rounds'],
    [{ seed: -1 }, '--seed'],
    [{ cohort: { select: 'uniform', size: 0 } }, '--cohort'],
    [{ deadlineSeconds: 1e9 }, '--deadline'],
    [{ training: { batches: { kind: 'shuffle', size: 0, epochs: 1 } } }, '--batch-size'],
    [{ training: { batches: { kind: 'shuffle', size: 1, epochs: 0 } } }, '--local-epochs'],
    [
      { training: { batches: { kind: 'poisson', probability: 0, steps: 1, expectedSize: 1 } } },
      '--sampling-probability',
    ],
    [{ training: { batches: { kind: 'poisson', probability: 0.5, steps: 0, expectedSize: 1 } } }, '--steps'],
    [{ training: { optimizer: { name: 'sgd', learningRate: 0 } } }, '--learning-rate'],
    [{ privacy: { mechanisms: [{ name: 'dp-sgd' }], accountant: 'rdp', delta: 2 } }, '--delta'],
    [
      { privacy: { mechanisms: [{ name: 'dp-sgd' }], accountant: 'rdp', delta: 0.1, budget: { epsilon: 0 } } },
      '--budget',
    ],
  ])('knows the keys of the plan: %j', (member, option) => {
    const whole = {
      schemaVersion: 1,
      name: 'x',
      seed: 1,
      rounds: 1,
      model: { inputShape: [2], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
      aggregator: { name: 'fedavg' },
    };
    const training = {
      trainer: 'tfjs',
      batches: { kind: 'shuffle', size: 1, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 1 },
      ...('training' in member ? member.training : {}),
    };
    const error = thrown(() => parsePlan({ ...whole, ...member, training }));
    expect(namingOption(error, [option])).toMatchObject({ subject: option });
  });
});

import { planHash } from '@fedward/core';
import { resnet18 } from '@fedward/models-medical';
import { pldAccountant } from '@fedward/privacy-dp';
import { describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import type { Population } from '../scenario/scenario.js';
import { findScenario } from '../scenario/index.js';
import { tutorial } from '../scenario/tutorial.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import { assertNoIgnoredOptions } from './ignored-options.js';
import type { SimulateOptions } from './options.js';

const population: Population = populationOf([], { test: {} as never, inputShape: [100], classes: 2 });
const plan = (options: Partial<SimulateOptions> = {}) =>
  buildPlan(tutorial, population, { scenario: 'tutorial', ...options }, allInstalled);

describe('a learning rate that follows the noise', () => {
  const data: Population = populationOf([{ id: 'a' } as never], { test: {} as never, inputShape: [14], classes: 2 });
  const rateOf = (options: Partial<SimulateOptions> = {}) => {
    const scenario = findScenario('heart-disease');
    const asked = { scenario: 'heart-disease', privacy: 'dp-sgd', epsilon: 0.1, delta: 1e-5, ...options } as const;
    return buildPlan(scenario, data, asked, allInstalled).training.optimizer.learningRate;
  };

  it('falls with it', () => {
    expect(rateOf()).toBeLessThan(rateOf({ epsilon: 1 }));
    const [config, mild] = [{ training: { optimizer: { name: 'momentum', learningRate: 0.4, momentum: 0.9 } } }, rateOf()]; // prettier-ignore
    expect(rateOf({ optimizer: 'momentum' })).toBeCloseTo(mild / 10, 6);
    expect(rateOf({ config })).toBe(0.4);
  });

  it('is the one that is named, wherever it is named', () => {
    expect(rateOf({ learningRate: 0.4 })).toBe(0.4);
    expect(rateOf({ set: { 'training.optimizer.learningRate': 0.4 } })).toBe(0.4);
    expect(rateOf({ set: { 'training.optimizer': { name: 'sgd', learningRate: 0.4 } } })).toBe(0.4);
  });
});

describe('settings of a scenario for a model that is a graph', () => {
  const scenario = findScenario('pneumonia');
  const data: Population = populationOf([], { test: {} as never, inputShape: [28, 28, 1], classes: 2 });
  const settings = (options: Partial<SimulateOptions>) => {
    const { rounds, training } = buildPlan(scenario, data, { scenario: 'pneumonia', ...options }, allInstalled);
    return [rounds, training.optimizer.learningRate];
  };
  const model = resnet18({ inputShape: [28, 28, 1], outputs: 2, loss: 'softmax-cross-entropy', width: 2 });

  it('are taken for one by name and for one of the config, and for no other', () => {
    const own = [40, 0.0002];
    expect(settings({ model: 'resnet18' })).toEqual(own);
    expect(settings({ config: { model } })).toEqual(own);
    expect(settings({ config: { model }, model: 'imaging-cnn' })).toEqual(settings({}));
    expect(settings({})).not.toEqual(own);
  });

  it('give way to what is asked for', () => {
    expect(settings({ model: 'resnet18', rounds: 3, learningRate: 0.01 })).toEqual([3, 0.01]);
    expect(settings({ config: { model, rounds: 5 } })).toEqual([5, 0.0002]);
  });

  it.each([{ model: 3 }, { model: {} }, { model: { layers: [null] } }])(
    'leave it to the schema what %j is',
    (config) => {
      expect(() => settings({ config })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );
});

describe('buildPlan', () => {
  it('is the same plan for the same options', () => {
    expect(planHash(plan())).toBe(planHash(plan()));
    expect(planHash(plan({ seed: 42 }))).toBe(planHash(plan()));
    expect(planHash(plan({ seed: 43 }))).not.toBe(planHash(plan()));
  });

  it('puts options over the config, and the config over the scenario', () => {
    const config = { rounds: 7, seed: 5, training: { optimizer: { name: 'momentum', learningRate: 0.2 } } };
    const { rounds, seed, training } = plan({ config, rounds: 9 });
    expect({ rounds, seed }).toEqual({ rounds: 9, seed: 5 });
    expect(training.optimizer).toEqual({ name: 'momentum', learningRate: 0.2, momentum: 0.9 });
    expect(training.batches.kind).toBe('poisson');
  });

  it('has the steps of a round, where they are counted, by --steps', () => {
    const config = { training: { batches: { kind: 'steps', size: 4, steps: 50 } } };
    const batchesOf = (more: Partial<SimulateOptions>) => plan({ config, privacy: 'none', ...more }).training.batches;
    expect(batchesOf({})).toEqual({ kind: 'steps', size: 4, steps: 50 });
    expect(batchesOf({ steps: 3, batchSize: 8 })).toEqual({ kind: 'steps', size: 8, steps: 3 });
    expect(() => batchesOf({ localEpochs: 2 })).toThrow(/^--local-epochs: .*use --steps/);
    expect(() => batchesOf({ samplingProbability: 0.5 })).toThrow(/^--sampling-probability: /);
  });

  it('names the way out where a model is not for the label', () => {
    const value = { ...population, classes: 1 };
    expect(() => buildPlan(tutorial, value, { scenario: 'tutorial' }, allInstalled)).toThrow(
      /^--model: logistic-scaled tells classes apart, and the label is a value: use --model linear or wide-linear or .*kind: class/,
    );
    expect(() => plan({ model: 'cox' })).toThrow(
      /^--model: the model cox is for .* time-to-event, .* use --model mlp or/,
    );
    expect(() => plan({ model: 'imaging-cnn' })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringMatching(/height.*use --model mlp or/),
      }),
    );
    expect(() => plan({ model: 'linear' })).toThrow(
      /predicts a value, and the label has 2 classes: use --model mlp or/,
    );
  });

  it('takes a collector as it is configured, and its size by a short option', () => {
    const collector = { name: 'buffered', options: { size: 2, patience: 7 } };
    expect(plan({ config: { collector } }).collector).toEqual(collector);
    expect(plan({ config: { collector }, collect: 3 }).collector?.options).toEqual({ size: 3, patience: 7 });
    expect(plan({ config: { collector: { name: 'everyone' } }, collect: 3 }).collector).toEqual({
      ...{ name: 'buffered', options: { size: 3 } },
    });
  });

  it('does what the tutorial does under tutorial-041', () => {
    const { training, privacy, rounds } = plan({ privacy: 'tutorial-041' });
    expect(rounds).toBe(30);
    expect(training.batches).toEqual({ kind: 'shuffle', size: 32, epochs: 3 });
    expect(training.optimizer).toMatchObject({ name: 'adam', learningRate: 0.001 });
    expect(privacy?.mechanisms[0]?.options).toEqual({ epsilon: 1, delta: 1e-5, clipNorm: 1 });
  });

  it('calibrates the noise over all steps of all rounds, and makes the target the budget', () => {
    const { privacy, training, rounds } = plan({ epsilon: 2, delta: 1e-6 });
    const { batches } = training;
    if (batches.kind !== 'poisson') throw new Error('not Poisson');
    const accountant = pldAccountant()('add-or-remove-one');
    const noiseMultiplier = privacy?.mechanisms[0]?.options['noiseMultiplier'] as number;
    accountant.compose({
      type: 'repeated',
      count: batches.steps * rounds,
      event: {
        type: 'poisson-sampled',
        samplingProbability: batches.probability,
        event: { type: 'gaussian', noiseMultiplier },
      },
    });
    expect(accountant.epsilon(1e-6)).toBeLessThanOrEqual(2);
    expect(accountant.epsilon(1e-6)).toBeGreaterThan(1.999);
    expect(privacy).toMatchObject({ delta: 1e-6, budget: { epsilon: 2 } });
  });

  it('gives the mu of an option to the fedprox of a config, whose other members stay', () => {
    const config = { aggregator: { name: 'fedprox', options: { mu: 1, other: 2 } } };
    expect(plan({ config, flags: { 'proximal-mu': 0.5 } }).aggregator).toEqual({
      name: 'fedprox',
      options: { mu: 0.5, other: 2 },
    });
    expect(plan({ config, aggregator: 'fedprox' }).aggregator).toEqual(config.aggregator);
    expect(plan({ config, aggregator: 'fedavg' }).aggregator).toEqual({ name: 'fedavg', options: {} });
    expect(plan({ aggregator: 'fedprox', flags: { 'proximal-mu': 0 } }).aggregator).toEqual({
      name: 'fedprox',
      options: { mu: 0 },
    });
  });

  it("takes the config's own privacy section away where --privacy says none", () => {
    const own = plan({ epsilon: 2, delta: 1e-6 }).privacy;
    expect(plan({ config: { privacy: own } }).privacy).toEqual(own);
    expect(plan({ config: { privacy: own }, privacy: 'none' }).privacy).toBeNull();
  });

  const config = { privacy: null };
  it.each<[string, Partial<SimulateOptions>, RegExp?]>([
    ['--delta', { epsilon: 1 }],
    ['--noise-multiplier', { epsilon: 1, delta: 1e-5, noiseMultiplier: 3 }],
    ['--noise-multiplier', { privacy: 'tutorial-041', noiseMultiplier: 3 }],
    ['--clip-norm', { privacy: 'none', clipNorm: 1 }],
    ['--secure-noise', { privacy: 'none', secureNoise: true }],
    ['--secure-noise', { config, secureNoise: true }],
    ['--proximal-mu', { flags: { 'proximal-mu': 0.1 } }, /--aggregator fedprox/],
    ['--proximal-mu', { flags: { 'proximal-mu': 0.1 }, aggregator: 'fedavg' }],
    ['--proximal-mu', { aggregator: 'fedprox' }],
    ['--local-epochs', { localEpochs: 2 }],
    ['--steps', { privacy: 'none', steps: 2 }],
    ['--model', { model: 'oracle' }],
    ['--budget', { config, budget: 1 }],
    ['--unit', { privacy: 'none', unit: 'patient' }],
    ['--clip-quantile', { flags: { 'clip-quantile': 0.5 } }],
    ['--clip-quantile', { privacy: 'local', flags: { 'clip-quantile': 0.5 } }],
    [
      '--epsilon',
      { config, configName: 'p.yaml', epsilon: 1, delta: 1e-5 },
      /p\.yaml says privacy: null; give --privacy/,
    ],
  ])('refuses, by name, what would be ignored or makes no sense: %s %j', (option, options, why = /./) => {
    expect(() => plan(options)).toThrow(option);
    expect(() => plan(options)).toThrow(why);
  });

  it('refuses a number of hospitals where the data has them', () => {
    const real = { ...tutorial, name: 'real', needsData: true };
    const hospitals = { scenario: 'real', hospitals: 3 };
    expect(() => assertNoIgnoredOptions(real, hospitals)).toThrow(expect.objectContaining({ subject: '--hospitals' }));
    expect(() => assertNoIgnoredOptions(tutorial, hospitals)).not.toThrow();
    expect(() => assertNoIgnoredOptions(real, { scenario: 'real' })).not.toThrow();
  });

  it.each([
    { aggregator: 3 },
    { aggregator: null },
    { training: { batches: null } },
    { training: { optimizer: 'sgd' } },
    { training: null },
    { privacy: 3 },
    { privacy: { mechanisms: [null] } },
  ])('leaves it to the schema to name what a config has wrong: %j', (wrong) => {
    for (const options of [
      {},
      { flags: { 'proximal-mu': 1 }, learningRate: 0.1, samplingProbability: 0.5, aggregator: 'fedprox' },
    ]) {
      const refused = { code: 'CONFIG_INVALID', subject: expect.stringMatching(/aggregator|training|privacy|^--/) };
      expect(() => plan({ config: wrong, ...options })).toThrow(expect.objectContaining(refused));
    }
  });
});

describe('an aggregator that cannot do without an option', () => {
  it('is told by its short option, or by the key that is to be set, and what it is', () => {
    expect(() => plan({ aggregator: 'fine-tuning' })).toThrow(
      /^--personal-steps: fine-tuning needs it: steps from the/,
    );
    expect(() => plan({ aggregator: 'ditto' })).toThrow(/^--ditto-lambda: ditto needs it: pull of the personal model/);
    expect(() => plan({ aggregator: 'private-tensors' })).toThrow(
      /^--set aggregator\.options\.tensors: private-tensors needs it: tensors that never leave a site/,
    );
    expect(plan({ aggregator: 'ditto', flags: { 'ditto-lambda': 0.5 } }).aggregator.options).toEqual({ lambda: 0.5 });
  });
});

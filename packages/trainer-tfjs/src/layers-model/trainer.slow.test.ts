import {
  addMean,
  composeAggregator,
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  Random,
  runFederation,
  sameLayout,
  simulatedRandomness,
  weightedSum,
  tensorValues,
  SeededNoise,
  type ClientContext,
  type GradientPrivacy,
  type LocalTrainer,
  type ModelSpecInput,
  type NoiseSource,
  type Parameters,
} from '@fedward/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  model as functional,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { activateBackend, selectBackend } from '../backend.js';
import {
  backends,
  createContext,
  createPlan,
  mlpSpec,
  notAborted,
  randomData,
  randomParameters,
  relativeError,
} from '../testing/problems.js';
import { tfjsTrainer } from '../trainer.js';
import { buildModel } from './build.js';
import { layersModelTrainer } from './trainer.js';
import { parametersOf } from './weights.js';

/** Weights that repeat, and that no symmetry makes gradients vanish. */
const seeded = (seed: number) => initializers.randomNormal({ stddev: 0.5, seed });

const relu = { type: 'activation', function: 'relu' } as const;
const specs: Record<string, ModelSpecInput> = {
  mlp: mlpSpec(6, [5, 4], 0.3),
  cnn: {
    inputShape: [8, 7, 2],
    layers: [
      { type: 'conv2d', filters: 4, kernelSize: [3, 2], stride: [2, 1], padding: 'same' },
      { type: 'activation', function: 'tanh' },
      { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
      { type: 'conv2d', filters: 3, kernelSize: [1, 1], stride: [2, 2], padding: 'same', bias: false },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.4 },
      { type: 'dense', units: 3 },
    ],
    loss: 'softmax-cross-entropy',
  },
  cnn1d: {
    inputShape: [16, 2],
    layers: [
      { type: 'conv1d', filters: 3, kernelSize: 5, stride: 2, padding: 'same' },
      relu,
      { type: 'average-pool1d', kernelSize: 2, stride: 2 },
      { type: 'conv1d', filters: 4, kernelSize: 3 },
      { type: 'activation', function: 'elu' },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ],
    loss: 'sigmoid-cross-entropy',
  },
  'group norm': {
    inputShape: [5, 5, 1],
    layers: [
      { type: 'conv2d', filters: 4, kernelSize: [2, 2] },
      { type: 'group-norm', groups: 2 },
      { type: 'activation', function: 'sigmoid' },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ],
    loss: 'squared-error',
  },
};

const sgd = { name: 'sgd', learningRate: 0.5 } as const;
const shuffle = { kind: 'shuffle', size: 5, epochs: 2 } as const;
const poisson = { kind: 'poisson', probability: 0.5, steps: 4, expectedSize: 6 } as const;
const privacy: GradientPrivacy = { clip: 'per-example', clipNorm: 0.3, noiseMultiplier: 1.1 };
const everyone: NoiseSource = { simulationOnly: true, uniform: () => 0, addGaussian: () => undefined };

/** The same weights for the layers model of a spec: same order, other names. */
const renamed = (parameters: Parameters, model: LayersModel): Parameters => {
  const { layout } = parametersOf(model);
  model.dispose();
  return createParameters(layout, parameters.values);
};

describe.each(backends)('layersModelTrainer on %s', (backend) => {
  beforeAll(async () => {
    await selectBackend(backend);
    activateBackend(tf, backend);
  });
  const build = (spec: ModelSpecInput) => () => buildModel(createPlan(spec).model);

  describe.each(Object.entries(specs))('with a %s made of layers', (_name, spec) => {
    const data = randomData(spec, 12);
    const start = randomParameters(spec);
    const create = build(spec);
    const trainers = () => [
      [tfjsTrainer({ backend }), start] as const,
      [layersModelTrainer(create, { backend }), renamed(start, create())] as const,
    ];

    it('predicts what the spec predicts', async () => {
      const plan = createPlan(spec);
      const [own, layered] = await Promise.all(
        trainers().map(([trainer, payload]) => trainer.predict(plan.model, payload, data)),
      );
      expect(relativeError(layered!, own!)).toBeLessThan(1e-5);
    });

    // Dropout included: its masks are known by seed, step and position, which are the same here.
    it.each([
      ['plain', shuffle, undefined],
      ['clipped by example', poisson, privacy],
      ['clipped by batch', shuffle, { ...privacy, clip: 'batch-mean' } as const],
    ])('trains as the spec does, %s', async (_, batches, gradientPrivacy) => {
      const plan = createPlan(spec, { batches, optimizer: sgd });
      const [own, layered] = await Promise.all(
        trainers().map(([trainer, payload]) =>
          trainer.train(payload, data, createContext(plan, gradientPrivacy && { gradientPrivacy }), notAborted),
        ),
      );
      expect(relativeError(layered!.payload.values, own!.payload.values)).toBeLessThan(1e-4);
      expect(layered!.steps).toBe(own!.steps);
      expect(layered!.metrics['loss']).toBeCloseTo(own!.metrics['loss']!, 4);
    });

    it.each([
      ['plain', shuffle, undefined],
      ['clipped by example', poisson, privacy],
    ])('freezes, corrects and keeps tensors to itself as the spec does, %s', async (_, batches, gradientPrivacy) => {
      const plan = createPlan(spec, { batches, optimizer: { name: 'momentum', learningRate: 0.5, momentum: 0.5 } });
      const correction = Float32Array.from(start.values, (_, i) => 0.1 * Math.sin(i));
      const [own, layered] = await Promise.all(
        trainers().map(async ([trainer, payload]) => {
          const [first, second, last] = [0, 1, -1].map((i) => payload.layout.tensors.at(i)!);
          const context = createContext(plan, {
            ...(gradientPrivacy && { gradientPrivacy }),
            wishes: {
              frozen: [first!.name],
              proximalMu: 0.5,
              correction,
              privateTensors: { [second!.name]: new Float32Array(second!.size).fill(0.25), [last!.name]: null },
            },
          });
          const trained = await trainer.train(payload, data, context, notAborted);
          expect(tensorValues(trained.payload, first!.name)).toEqual(tensorValues(payload, first!.name));
          expect(trained.applied).toEqual({
            frozen: [first!.name],
            proximalMu: 0.5,
            correction: true,
            privateTensors: [second!.name, last!.name],
            ...(gradientPrivacy && { gradientPrivacy }),
          });
          const kept = Object.entries(trained.privateTensors!);
          expect(kept.map(([name]) => name)).toEqual([second!.name, last!.name]);
          for (const [name] of kept) expect(tensorValues(trained.payload, name)).toEqual(tensorValues(payload, name));
          return [...trained.payload.values, ...kept.flatMap(([, values]) => [...values])];
        }),
      );
      expect(relativeError(layered!, own!)).toBeLessThan(1e-4);
    });

    it.each([
      ['plain', shuffle, undefined],
      ['clipped by example', poisson, privacy],
    ])("trains by the plan's objective on augmented examples as the spec does, %s", async (_, batches, clip) => {
      const entropy = !spec.loss.startsWith('squared');
      const q = { generalizedCrossEntropy: { q: 0.6 } };
      const plan = createPlan(spec, {
        ...{ batches, optimizer: sgd },
        ...(entropy && { objective: clip ? q : { labelSmoothing: 0.2, keepSmallest: { fraction: 0.7 } } }),
        ...(spec.inputShape.length > 1 && { augmentation: { shift: 1, contrast: 0.5 } }),
      });
      const context = createContext(plan, clip && { gradientPrivacy: clip });
      const [own, layered] = await Promise.all(
        trainers().map(([trainer, payload]) => trainer.train(payload, data, context, notAborted)),
      );
      expect(layered!.applied).toEqual(own!.applied);
      expect(layered!.applied?.objective).toEqual(
        entropy ? (clip ? q : { labelSmoothing: 0.2, keepSmallest: 0.7 }) : undefined,
      );
      expect(layered!.applied?.augmentation).toEqual(plan.training.augmentation);
      expect(relativeError(layered!.payload.values, own!.payload.values)).toBeLessThan(1e-4);
      expect(layered!.metrics['loss']! / own!.metrics['loss']!).toBeCloseTo(1, 4);
    });

    it('clips the records of a patient together, as for the spec', async () => {
      const plan = {
        ...createPlan(spec, { batches: { ...poisson, steps: 1 }, optimizer: sgd }),
        privacy: { mechanisms: [{ name: 'x', options: {} }], accountant: 'x', delta: 1e-5, unit: 'patient' as const },
      };
      const records = { ...data, patientIds: Array.from({ length: 12 }, (_, i) => `patient ${i % 5}`) };
      const context = { gradientPrivacy: privacy, noise: everyone };
      const run = (trainer: LocalTrainer, payload: Parameters, set = records) =>
        trainer.train(payload, set, createContext(plan, context), notAborted);
      const [own, layered] = await Promise.all(trainers().map(([trainer, payload]) => run(trainer, payload)));
      expect(relativeError(layered!.payload.values, own!.payload.values)).toBeLessThan(1e-4);
      const [[trainer, payload]] = trainers() as [readonly [LocalTrainer, Parameters], ...unknown[]];
      const single = await run(trainer, payload, { ...data, patientIds: Array.from({ length: 12 }, (_, i) => `${i}`) });
      expect(relativeError(single.payload.values, own!.payload.values)).toBeGreaterThan(1e-3);
    });

    it('draws dropout from the seeded stream, and leaves no tensor behind', async () => {
      const trainer = layersModelTrainer(create, { backend });
      const payload = renamed(start, create());
      const before = tf.memory().numTensors;
      const run = async (seed: string, gradientPrivacy?: GradientPrivacy) => {
        const plan = createPlan(spec, { batches: gradientPrivacy ? poisson : shuffle, optimizer: sgd });
        const context = createContext(plan, { random: new Random(seed), ...(gradientPrivacy && { gradientPrivacy }) });
        context.noise.uniform();
        return (await trainer.train(payload, data, context, notAborted)).payload.values;
      };
      const first = await run('a');
      expect(await run('a')).toEqual(first);
      const clipped = await run('a', privacy);
      expect(await run('a', privacy)).toEqual(clipped);
      const dropsOut = spec.layers.some(({ type }) => type === 'dropout');
      expect(relativeError(await run('b', privacy), clipped) > 0).toBe(dropsOut);
      const aborted = AbortSignal.abort();
      const context = createContext(createPlan(spec));
      await expect(trainer.train(payload, data, context, aborted)).rejects.toMatchObject({ code: 'ABORTED' });
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  const plain = { inputShape: [6], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' } as const;
  const train = (
    createModel: () => LayersModel,
    gradientPrivacy?: GradientPrivacy,
    spec: ModelSpecInput = plain,
    noise: NoiseSource = new SeededNoise(new Random('n')),
    overrides: Partial<ClientContext> = {},
  ) => {
    const model = createModel();
    const payload = parametersOf(model);
    model.dispose();
    const plan = createPlan(spec, { batches: gradientPrivacy ? { ...poisson, steps: 1 } : shuffle, optimizer: sgd });
    const context = createContext(plan, { noise, ...(gradientPrivacy && { gradientPrivacy }), ...overrides });
    return layersModelTrainer(createModel, { backend }).train(payload, randomData(spec, 12), context, notAborted);
  };

  it('trains batch normalisation, whose averages travel along, and refuses it under differential privacy', async () => {
    const create = () =>
      sequential({
        layers: [
          layers.dense({ units: 4, inputShape: [6], kernelInitializer: seeded(1) }),
          layers.batchNormalization(),
          layers.dense({ units: 2, kernelInitializer: seeded(2) }),
        ],
      });
    const { payload } = await train(create);
    const names = payload.layout.tensors.map(({ name }) => name);
    expect(names).toContain('1.batch-normalization.moving_mean');
    const { offset } = payload.layout.tensors.find(({ name }) => name === '1.batch-normalization.moving_mean')!;
    expect(payload.values.subarray(offset, offset + 4).every((mean) => mean !== 0)).toBe(true);
    await expect(train(create, privacy)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
  });

  it('leaves frozen averages of batch normalisation as they are', async () => {
    const create = () =>
      sequential({
        layers: [
          layers.batchNormalization({ inputShape: [6] }),
          layers.dense({ units: 2, kernelInitializer: seeded(2) }),
        ],
      });
    const names = ['0.batch-normalization.moving_mean', '0.batch-normalization.gamma'];
    const { payload, applied } = await train(create, undefined, plain, undefined, { wishes: { frozen: names } });
    expect(applied).toEqual({ frozen: names.toReversed() }); // in the order of the layout
    expect([...tensorValues(payload, names[0]!)]).toEqual(new Array(6).fill(0));
    expect([...tensorValues(payload, names[1]!)]).toEqual(new Array(6).fill(1));
    expect(tensorValues(payload, '0.batch-normalization.moving_variance')[0]).not.toBe(1);
    const own = { [names[0]!]: new Float32Array(6).fill(0.5) };
    const kept = await train(create, undefined, plain, undefined, {
      wishes: { frozen: names, privateTensors: own },
    });
    expect(kept.privateTensors).toEqual(own);
    expect([...tensorValues(kept.payload, names[0]!)]).toEqual(new Array(6).fill(0));
  });

  it('corrects each weight by its own value where some are not trained', async () => {
    const create = () =>
      sequential({
        layers: [
          layers.batchNormalization({ inputShape: [6] }),
          layers.dense({ units: 2, kernelInitializer: seeded(2) }),
        ],
      });
    const { layout } = parametersOf(create());
    const { offset } = layout.tensors.find(({ name }) => name === '1.dense.bias')!;
    const correction = new Float32Array(layout.size).fill(1000, offset, offset + 1);
    const { payload, steps } = await train(create, undefined, plain, undefined, { wishes: { correction } });
    expect(steps).toBe(6);
    expect(payload.values[offset]! / (-0.5 * 6 * 1000)).toBeCloseTo(1, 2); // the loss itself moves it by 3 at most
    expect(Math.max(...payload.values.with(offset, 0).map(Math.abs))).toBeLessThan(20);
  });

  it('leaves frozen tensors out of norms where it clips one by one', async () => {
    const create = () =>
      sequential({
        layers: [
          layers.reshape({ targetShape: [3, 2], inputShape: [6] }),
          layers.lstm({ units: 3, kernelInitializer: seeded(1), recurrentInitializer: seeded(2) }),
          layers.dense({ units: 2, kernelInitializer: seeded(3) }),
        ],
      });
    const first = parametersOf(create());
    const frozen = first.layout.tensors.filter(({ name }) => name.includes('kernel')).map(({ name }) => name);
    const tight = { clip: 'per-example', clipNorm: 0.01, noiseMultiplier: 0 } as const;
    let draws = 0;
    const firstAlone: NoiseSource = { ...everyone, uniform: () => (draws++ === 0 ? 0 : 0.999) };
    const { payload } = await train(create, tight, plain, firstAlone, { wishes: { frozen } });
    const moved = Math.hypot(...payload.values.map((value, i) => value - first.values[i]!));
    for (const name of frozen) expect(tensorValues(payload, name)).toEqual(tensorValues(first, name));
    expect(moved).toBeCloseTo((0.5 * 0.01) / 6, 8); // rate, clip norm and expected size
  });

  it('clips one by one where layers leave no other way, with the result of the short one', async () => {
    // An LSTM makes the loop necessary; frozen, it leaves only dense layers, and the short way, to be trained.
    const create = (trainable: boolean) => () =>
      sequential({
        layers: [
          layers.reshape({ targetShape: [3, 2], inputShape: [6] }),
          layers.lstm({ units: 3, trainable, kernelInitializer: seeded(1), recurrentInitializer: seeded(2) }),
          layers.dense({ units: 2, kernelInitializer: seeded(3) }),
        ],
      });
    const huge = { clip: 'per-example', clipNorm: 1e6, noiseMultiplier: 0 } as const;
    const dense = ({ layout, values }: Parameters) => {
      const own = layout.tensors.filter(({ name }) => name.startsWith('2.dense'));
      return own.flatMap(({ offset, size }) => [...values.subarray(offset, offset + size)]);
    };
    const [loop, short] = [await train(create(true), huge), await train(create(false), huge)];
    expect(relativeError(dense(loop.payload), dense(short.payload))).toBeLessThan(1e-5);
    const tight = await train(create(true), { ...huge, clipNorm: 0.1 }, plain, everyone);
    const start = parametersOf(create(true)());
    const moved = tight.payload.values.map((value, i) => value - start.values[i]!);
    const norm = Math.sqrt(moved.reduce((sum, x) => sum + x * x, 0));
    expect(norm).toBeGreaterThan(0);
    expect(norm).toBeLessThanOrEqual((0.5 * 12 * 0.1) / 6 + 1e-6); // 12 examples, each of norm 0.1
  });

  it('sums the gradients of a layer that is used twice', async () => {
    const create = (shared: boolean) => () => {
      const x = input({ shape: [6] });
      const first = layers.dense({ units: 6, kernelInitializer: seeded(1), activation: 'tanh' });
      const second = shared ? first : layers.dense({ units: 6, kernelInitializer: seeded(1), activation: 'tanh' });
      const head = layers.dense({ units: 2, kernelInitializer: seeded(2) });
      const hidden = second.apply(first.apply(x) as SymbolicTensor) as SymbolicTensor;
      return functional({ inputs: x, outputs: head.apply(hidden) as SymbolicTensor });
    };
    const move = async (shared: boolean) => {
      const { payload } = await train(
        create(shared),
        { ...privacy, clipNorm: 1e6, noiseMultiplier: 0 },
        plain,
        everyone,
      );
      const model = create(shared)();
      const start = parametersOf(model);
      model.dispose();
      return payload.values.map((value, i) => value - start.values[i]!);
    };
    const [once, twice] = [await move(true), await move(false)];
    const expected = Float32Array.from(once, (_, i) => (i < 42 ? twice[i]! + twice[42 + i]! : twice[42 + i]!));
    expect(relativeError(once, expected)).toBeLessThan(1e-5);
    expect(expected.slice(0, 36).every((g, i) => g !== twice[i])).toBe(true);
  });

  it('gives each example a dropout mask of its own, also one by one', async () => {
    const create = () =>
      sequential({
        layers: [
          layers.dropout({ rate: 0.5, inputShape: [6] }),
          layers.prelu({ alphaInitializer: 'ones' }), // not one of the linear layers
          layers.dense({ units: 2, kernelInitializer: seeded(1) }),
        ],
      });
    const model = create();
    const start = parametersOf(model);
    model.dispose();
    const plan = createPlan(plain, { batches: { ...poisson, steps: 1 }, optimizer: sgd });
    const same = { ...randomData(plain, 12), features: new Float32Array(72).fill(1) };
    const context = createContext(plan, { gradientPrivacy: { ...privacy, clipNorm: 1e6 }, noise: everyone });
    const { payload } = await layersModelTrainer(create, { backend }).train(start, same, context, notAborted);
    const moved = payload.values.map((value, i) => value - start.values[i]!);
    expect(moved.subarray(6, 18).every((g) => g !== 0)).toBe(true); // a mask for all would leave rows of zeros
  });

  it.each([
    ['softmax', plain],
    ['sigmoid', { ...plain, layers: [{ type: 'dense', units: 1 }], loss: 'sigmoid-cross-entropy' }],
  ] as const)('takes a model that gives probabilities, by %s', async (last, spec) => {
    const create = (activation: 'softmax' | 'sigmoid' | 'linear') => () =>
      sequential({
        layers: [layers.dense({ ...spec.layers[0], inputShape: [6], activation, kernelInitializer: seeded(1) })],
      });
    const plan = createPlan(spec, { batches: shuffle, optimizer: sgd });
    const data = randomData(spec, 12);
    const run = async (activation: typeof last | 'linear', outputs: 'probabilities' | 'logits') => {
      const trainer = layersModelTrainer(create(activation), { backend, outputs });
      const model = create(activation)();
      const { payload } = await trainer.train(parametersOf(model), data, createContext(plan), notAborted);
      model.dispose();
      const logits = await trainer.predict(plan.model, payload, data);
      // Logits of a softmax are known up to a constant for each example.
      const margins =
        last === 'sigmoid' ? logits : logits.filter((_, i) => i % 2 === 0).map((z, i) => z - logits[2 * i + 1]!);
      return { values: payload.values, margins };
    };
    const [probabilities, logits] = [await run(last, 'probabilities'), await run('linear', 'logits')];
    expect(relativeError(probabilities.values, logits.values)).toBeLessThan(1e-4);
    expect(relativeError(probabilities.margins, logits.margins)).toBeLessThan(1e-4);
  });

  it('refuses what it would not do as it says, naming the layer', async () => {
    const cases: [string, () => LayersModel][] = [
      [
        'noise',
        () =>
          sequential({
            layers: [layers.dense({ units: 2, inputShape: [6] }), layers.gaussianNoise({ stddev: 1, name: 'noise' })],
          }),
      ],
      [
        'regular',
        () =>
          sequential({
            layers: [layers.dense({ units: 2, inputShape: [6], kernelRegularizer: 'l1l2', name: 'regular' })],
          }),
      ],
      [
        'bounded',
        () =>
          sequential({
            layers: [layers.dense({ units: 2, inputShape: [6], kernelConstraint: 'nonNeg', name: 'bounded' })],
          }),
      ],
      [
        'recurrent',
        () =>
          sequential({
            layers: [
              layers.reshape({ targetShape: [3, 2], inputShape: [6] }),
              layers.lstm({ units: 2, dropout: 0.5, recurrentInitializer: 'ones', name: 'recurrent' }),
            ],
          }),
      ],
      ['model.layers', () => sequential({ layers: [layers.dense({ units: 3, inputShape: [6] })] })],
      ['model.inputShape', () => sequential({ layers: [layers.dense({ units: 2, inputShape: [5] })] })],
    ];
    for (const [subject, create] of cases)
      await expect(train(create)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject });
    const [model, again] = [build(plain)(), build(plain)()];
    const payload = parametersOf(again);
    const trainer = layersModelTrainer(() => model, { backend });
    await trainer.predict(createPlan(plain).model, payload, randomData(plain, 3));
    const second = trainer.predict(createPlan(plain).model, payload, randomData(plain, 3));
    await expect(second).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', subject: 'createModel' });
    again.dispose();
  });

  it('is trained in a federation, with tensors that are not those of the plan', async () => {
    const create = () =>
      sequential({
        layers: [
          layers.dense({ units: 3, inputShape: [6], activation: 'tanh', kernelInitializer: seeded(1), name: 'own' }),
          layers.dense({ units: 2, kernelInitializer: seeded(2), name: 'last' }),
        ],
      });
    const plain = { ...mlpSpec(6, [5, 4]), layers: [{ type: 'dense', units: 2 }] } as ModelSpecInput;
    const plan = { ...createPlan(plain), rounds: 2 };
    const trainer = layersModelTrainer(create, { name: plan.training.trainer, backend });
    const [first, data] = [create(), randomData(plain, 12)];
    const initial = parametersOf(first);
    first.dispose();
    const sites = ['a', 'b'].map((id) =>
      createSite({ ...{ id, plan, data, trainer }, randomness: simulatedRandomness(1) }),
    );
    const aggregator = composeAggregator({
      ...{ name: plan.aggregator.name, reduce: weightedSum, optimizer: addMean },
      ...{ requires: [], provides: ['sum-only'] },
    });
    const federation = { runId: 'run-1', plan, transport: inMemoryTransport(sites), aggregator };
    const { model, rounds } = await runFederation({ ...federation, initial });
    expect(rounds).toHaveLength(2);
    expect(sameLayout(model.layout, initial.layout)).toBe(true);
    expect(relativeError(model.values, initial.values)).toBeGreaterThan(0);
    // Another start than the sites' model is refused before round 0.
    const other = createParameters(layoutOf(plan.model));
    await expect(runFederation({ ...federation, initial: other })).rejects.toThrow(/other tensors/);
  });

  it('lays out the weights alike for every model made by the same code', () => {
    const [one, two] = [build(specs['cnn']!)(), build(specs['cnn']!)()];
    expect(sameLayout(parametersOf(one).layout, parametersOf(two).layout)).toBe(true);
    expect(parametersOf(one).layout.tensors[0]!.name).toBe('0.conv2d.kernel');
    one.dispose();
    two.dispose();
  });
});

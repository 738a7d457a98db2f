import {
  createLayout,
  createParameters,
  layoutOf,
  Random,
  SeededNoise,
  type ClientContext,
  type GradientPrivacy,
  type NoiseSource,
  type Parameters,
  type TrainingData,
  type TrainingWishes,
} from '@fedward/core';
import { dropoutMasks } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from './backend.js';
import { clippedSum } from './per-example.js';
import {
  backends,
  createContext,
  createPlan,
  mlpSpec,
  notAborted,
  randomData,
  randomParameters,
  relativeError,
} from './testing/problems.js';
import { tfjsTrainer } from './trainer.js';

const privacy: GradientPrivacy = { clip: 'per-example', clipNorm: 0.6, noiseMultiplier: 1.5 };
const adam = { name: 'adam', learningRate: 0.01 } as const;
const poisson = (steps: number, probability = 0.5, expectedSize = 10) =>
  ({ kind: 'poisson', probability, steps, expectedSize }) as const;
const cnn = {
  inputShape: [8, 8, 1],
  layers: [
    { type: 'conv2d', filters: 4, kernelSize: [3, 3], padding: 'same' },
    { type: 'group-norm', groups: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: 3 },
  ],
  loss: 'softmax-cross-entropy',
} as const;

/** Two noisy clouds on either side of a hyperplane. */
function clouds(count: number, inputs: number, seed: string): TrainingData {
  const random = new Random(seed);
  const labels = Float32Array.from({ length: count }, (_, row) => row % 2);
  const features = Float32Array.from(
    { length: count * inputs },
    (_, i) => random.normal() + (labels[Math.floor(i / inputs)]! === 1 ? 0.6 : -0.6),
  );
  return { count, featureShape: [inputs], features, labels };
}

const accuracy = (logits: Float32Array, labels: Float32Array): number =>
  labels.filter((label, row) => (logits[2 * row + 1]! > logits[2 * row]! ? 1 : 0) === label).length / labels.length;

describe.each(backends)('tfjsTrainer on %s', (backend) => {
  const trainer = tfjsTrainer({ backend });
  beforeAll(() => selectBackend(backend));

  it('says what it runs on', async () => {
    expect(trainer.name).toBe('tfjs');
    expect(await trainer.describe()).toBe(`tfjs (${backend})`);
  });

  it("lets the tutorial's network learn", async () => {
    const spec = mlpSpec(20, [64, 32]);
    const [data, test] = [clouds(320, 20, 'train'), clouds(400, 20, 'test')];
    const plan = createPlan(spec, { batches: { kind: 'shuffle', size: 32, epochs: 5 }, optimizer: adam });
    const start = randomParameters(spec);
    const before = accuracy(await trainer.predict(plan.model, start, test), test.labels);
    const { payload, steps, metrics } = await trainer.train(start, data, createContext(plan), notAborted);
    expect(steps).toBe(50);
    const again = await trainer.train(payload, data, createContext(plan), notAborted);
    expect(again.metrics['loss']).toBeLessThan(metrics['loss']! / 2);
    const after = accuracy(await trainer.predict(plan.model, payload, test), test.labels);
    expect(before).toBeLessThan(0.9);
    expect(after).toBeGreaterThan(0.95);
  });

  it('learns under differential privacy too', async () => {
    const spec = mlpSpec(20, [16, 8], 0);
    const [data, test] = [clouds(400, 20, 'train'), clouds(400, 20, 'test')];
    const plan = createPlan(spec, { batches: poisson(150, 0.1, 40), optimizer: adam });
    const context = createContext(plan, { gradientPrivacy: { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 } });
    const { payload } = await trainer.train(randomParameters(spec), data, context, notAborted);
    expect(accuracy(await trainer.predict(plan.model, payload, test), test.labels)).toBeGreaterThan(0.9);
  });

  it('gives the same bits for the same context, also beside another training, and others for another stream', async () => {
    const data = randomData(cnn, 30);
    const start = randomParameters(cnn);
    const plan = createPlan(cnn, { batches: poisson(6), optimizer: adam });
    const run = async (seed: string) => {
      const context = createContext(plan, {
        gradientPrivacy: privacy,
        random: new Random(seed),
        noise: new SeededNoise(new Random('noise')),
      });
      return (await trainer.train(start, data, context, notAborted)).payload.values;
    };
    const alone = await run('a');
    const [together, other] = await Promise.all([run('a'), run('b')]);
    expect(together).toEqual(alone);
    expect(other).not.toEqual(alone); // the dropout masks
  });

  it('drops out on the way back what it dropped on the way there', async () => {
    // For one example, a mask on the hidden units is the same as that mask on the rows of the next kernel.
    const layers = (rate: number) =>
      [
        { type: 'dense', units: 20 },
        { type: 'activation', function: 'tanh' },
        { type: 'dropout', rate },
        { type: 'dense', units: 2, bias: false },
      ] as const;
    const model = (rate: number) =>
      ({ inputShape: [4], layers: [...layers(rate)], loss: 'softmax-cross-entropy' }) as const;
    const data = randomData(model(0.5), 1);
    const start = randomParameters(model(0.5));
    const mask = dropoutMasks({ key: new Random('masks').key(), rounds: 8 }, 0)(2, 0.5, 20);
    const masked = createParameters(
      start.layout,
      start.values.map((w, i) => (i < 100 ? w : w * mask[(i - 100) >> 1]!)),
    );
    const move = async (rate: number, from: Parameters) => {
      const plan = createPlan(model(rate), {
        optimizer: { name: 'sgd', learningRate: 1 },
        batches: { kind: 'shuffle', size: 1, epochs: 1 },
      });
      const context = createContext(plan, { random: new Random('masks') });
      const { payload } = await trainer.train(from, data, context, notAborted);
      return payload.values.map((w, i) => w - from.values[i]!);
    };
    const [dropped, equivalent] = [await move(0.5, start), await move(0, masked)];
    const expected = equivalent.map((g, i) => (i < 100 ? g : g * mask[(i - 100) >> 1]!));
    expect(relativeError(dropped, expected)).toBeLessThan(1e-5);
    expect(expected.some((g) => g !== 0)).toBe(true);
  });

  it('keeps the expectation of what dropout lets through', async () => {
    // One linear unit on a constant input under squared error: the gradient by the bias is output - label.
    const spec = {
      inputShape: [1],
      layers: [
        { type: 'dense', units: 1000, bias: false },
        { type: 'dropout', rate: 0.4 },
        { type: 'dense', units: 1 },
      ],
      loss: 'squared-error',
    } as const;
    const start = createParameters(layoutOf(createPlan(spec).model));
    start.values.fill(1, 0, 1000).fill(0.001, 1000, 2000);
    const data = {
      count: 100,
      featureShape: [1],
      features: new Float32Array(100).fill(1),
      labels: new Float32Array(100),
    };
    const plan = createPlan(spec, {
      batches: { kind: 'shuffle', size: 100, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 1 },
    });
    const { payload } = await trainer.train(start, data, createContext(plan), notAborted);
    const mean = -payload.values[2000]!; // of 100,000 units, kept with probability 0.6 and divided by it
    expect(Math.abs(mean - 1)).toBeLessThan(6 * Math.sqrt(0.4 / 0.6 / 100_000));
    expect(mean).not.toBe(1);
  });

  it('adds noise of standard deviation z C / expected size, also to an empty batch', async () => {
    const spec = mlpSpec(50, [64, 32], 0);
    const plan = createPlan(spec, { batches: poisson(1, 0.5, 8), optimizer: { name: 'sgd', learningRate: 1 } });
    const start = randomParameters(spec);
    const never: NoiseSource = {
      simulationOnly: true,
      uniform: () => 0.999,
      addGaussian: (values, deviation) => new SeededNoise(new Random('n')).addGaussian(values, deviation),
    };
    const context = createContext(plan, { gradientPrivacy: privacy, noise: never });
    const { payload, steps, metrics } = await trainer.train(start, randomData(spec, 20), context, notAborted);
    expect(steps).toBe(1);
    expect(metrics).toEqual({});
    const moved = payload.values.map((value, i) => value - start.values[i]!);
    const deviation = Math.sqrt(moved.reduce((sum, x) => sum + x * x, 0) / moved.length);
    const wanted = (1.5 * 0.6) / 8;
    expect(Math.abs(deviation / wanted - 1)).toBeLessThan(6 / Math.sqrt(2 * moved.length));
  });

  it('tells the mean loss of the batches that were not empty', async () => {
    const spec = mlpSpec(6, [5, 4], 0);
    const data = randomData(spec, 12);
    const loss = async (steps: number, drawsOfEmptySteps: number) => {
      let draws = 0;
      const noise: NoiseSource = {
        simulationOnly: true,
        uniform: () => (draws++ < drawsOfEmptySteps ? 0.999 : 0),
        addGaussian: () => undefined,
      };
      const optimizer = { name: 'sgd', learningRate: 1e-30 } as const;
      const context = createContext(createPlan(spec, { batches: poisson(steps), optimizer }), { noise });
      return (await trainer.train(randomParameters(spec), data, context, notAborted)).metrics['loss'];
    };
    expect(await loss(4, 3 * 12)).toBeCloseTo((await loss(1, 0))!, 6);
  });

  it('takes a private step along the clipped sum over the expected size', async () => {
    const spec = mlpSpec(6, [5, 4], 0);
    const data = randomData(spec, 12);
    const start = randomParameters(spec);
    const plan = createPlan(spec, { batches: poisson(1, 0.5, 7), optimizer: { name: 'sgd', learningRate: 2 } });
    const everyone: NoiseSource = { simulationOnly: true, uniform: () => 0, addGaussian: () => undefined };
    const { norms } = await clippedSum(plan.model, start, data, 1, { backend });
    const clipNorm = [...norms].sort((a, b) => a - b)[6]! * 1.001;
    const gradientPrivacy = { ...privacy, clipNorm };
    const { payload } = await trainer.train(
      start,
      data,
      createContext(plan, { gradientPrivacy, noise: everyone }),
      notAborted,
    );
    const { sum, factors } = await clippedSum(plan.model, start, data, clipNorm, { backend });
    expect(factors.some((f) => f < 1)).toBe(true);
    expect(factors.some((f) => f === 1)).toBe(true);
    const expected = start.values.map((value, i) => value - (2 * sum[i]!) / 7);
    expect(relativeError(payload.values, expected)).toBeLessThan(1e-6);
  });

  it("adds FedProx's pull towards the global model after the noise", async () => {
    const spec = mlpSpec(6, [5, 4], 0);
    const data = randomData(spec, 12);
    const start = randomParameters(spec);
    const plan = createPlan(spec, {
      batches: { kind: 'shuffle', size: 12, epochs: 2 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    });
    const after = async (epochs: number, proximalMu: number) => {
      const own = createPlan(spec, { ...plan.training, batches: { kind: 'shuffle', size: 12, epochs } });
      const context = createContext(own, { wishes: { proximalMu } });
      return (await trainer.train(start, data, context, notAborted)).payload.values;
    };
    const [one, plain, pulled] = [await after(1, 0), await after(2, 0), await after(2, 3)];
    expect(await after(1, 3)).toEqual(one); // w = w0 in the first step
    const expected = plain.map((value, i) => value - 0.1 * 3 * (one[i]! - start.values[i]!));
    expect(relativeError(pulled, expected)).toBeLessThan(1e-6);
  });

  it('stops within a step of the signal, and lets others have their turn', async () => {
    const spec = mlpSpec(100, [64, 32]);
    const plan = createPlan(spec, { batches: { kind: 'shuffle', size: 32, epochs: 3000 }, optimizer: adam });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const before = tf.memory().numTensors;
    await expect(
      trainer.train(randomParameters(spec), randomData(spec, 320), createContext(plan), controller.signal),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves no tensor behind after training, predicting and failing', async () => {
    const data = randomData(cnn, 30);
    const plan = createPlan(cnn, { batches: poisson(3), optimizer: adam });
    const start = randomParameters(cnn);
    const before = tf.memory();
    await trainer.train(start, data, createContext(plan, { gradientPrivacy: privacy }), notAborted);
    await trainer.predict(plan.model, start, data);
    await clippedSum(plan.model, start, data, 1, { backend });
    const broken: Partial<ClientContext> = {
      noise: {
        simulationOnly: true,
        uniform: () => 0,
        addGaussian: () => {
          throw new Error('no entropy');
        },
      },
    };
    await expect(
      trainer.train(start, data, createContext(plan, { ...broken, gradientPrivacy: privacy }), notAborted),
    ).rejects.toThrow('no entropy');
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers });
  });
});

describe('tfjsTrainer refuses', () => {
  const spec = mlpSpec();
  const [backend] = backends;
  const trainer = tfjsTrainer({ backend: backend! });
  const data = randomData(spec, 12);
  const start = randomParameters(spec);
  const plan = createPlan(spec);
  const refusal = (context: Partial<ClientContext>, records = data, payload = start, ownPlan = plan) =>
    expect(trainer.train(payload, records, createContext(ownPlan, context), notAborted)).rejects;

  it('wishes that it does not know, by name', async () => {
    const error = { code: 'CONFIG_INCOMPATIBLE', subject: 'controlVariates' };
    await refusal({ wishes: { controlVariates: true } as TrainingWishes }).toMatchObject(error);
    await refusal({ wishes: { proximalMu: -1 } }).toMatchObject({ subject: 'proximalMu' });
  });

  it('clipping that does not go with the batches', async () => {
    const poissonPlan = createPlan(spec, { batches: poisson(1) });
    const code = 'CONFIG_INCOMPATIBLE';
    await refusal({ gradientPrivacy: privacy }).toMatchObject({ code, subject: 'training.batches.kind' });
    const mean: GradientPrivacy = { ...privacy, clip: 'batch-mean' };
    await refusal({ gradientPrivacy: mean }, data, start, poissonPlan).toMatchObject({ code });
  });

  it('a plan for patients on data without patients', async () => {
    const forPatients = { ...createPlan(spec, { batches: poisson(1) }) };
    const privatePlan = {
      ...forPatients,
      privacy: { mechanisms: [{ name: 'x', options: {} }], accountant: 'x', delta: 1e-5, unit: 'patient' as const },
    };
    const context = { gradientPrivacy: privacy };
    await refusal(context, data, start, privatePlan).toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: 'privacy.unit',
    });
    const ids = { ...data, patientIds: ['a'] };
    await refusal(context, ids, start, privatePlan).toMatchObject({ code: 'DATA_MALFORMED', subject: 'patientIds' });
  });

  it('a payload with a tensor more, with one less, or with another shape, by name', async () => {
    const tensors = start.layout.tensors;
    const payload = (list: readonly { name: string; shape: readonly number[] }[]) =>
      createParameters(createLayout(list));
    const code = 'CONFIG_INCOMPATIBLE';
    await refusal({}, data, payload([...tensors, { name: 'control', shape: [3] }])).toMatchObject({
      code,
      subject: 'control',
    });
    await refusal({}, data, payload(tensors.slice(0, -1))).toMatchObject({ code, subject: tensors.at(-1)!.name });
    const swapped = tensors.map((t, i) => (i === 2 ? { ...t, shape: [...t.shape].reverse() } : t));
    await refusal({}, data, payload(swapped)).toMatchObject({ code, subject: tensors[2]!.name });
  });

  it('data that are empty, malformed or not finite, and labels without a meaning', async () => {
    const none = { ...data, count: 0, features: new Float32Array(0), labels: new Float32Array(0) };
    await refusal({}, none).toMatchObject({ code: 'DATA_EMPTY' });
    await refusal({}, { ...data, featureShape: [3] }).toMatchObject({ code: 'DATA_MALFORMED' });
    await refusal({}, { ...data, labels: data.labels.subarray(1) }).toMatchObject({ code: 'DATA_MALFORMED' });
    await refusal({}, { ...data, features: data.features.with(8, NaN) }).toMatchObject({ code: 'DATA_NOT_FINITE' });
    await refusal({}, { ...data, labels: data.labels.with(3, 2) }).toMatchObject({ code: 'LABEL_INVALID' });
    const predicted = trainer.predict(plan.model, start, { ...data, featureShape: [3] });
    await expect(predicted).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });

  it('options that it does not know', () => {
    expect(() => tfjsTrainer({ backend: 'webgl' } as never)).toThrow(expect.objectContaining({ subject: 'backend' }));
    expect(() => tfjsTrainer({ threads: 4 } as never)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

import {
  Random,
  type ClientContext,
  type LocalTrainer,
  type ModelSpec,
  type Trained,
  type TrainingData,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { builds } from './testing/kernels.js';
import {
  contextOf,
  dataOf,
  everyone,
  notAborted,
  planOf,
  relativeError,
  spec,
  trainerOn,
  weightsOf,
  type LayerInput,
} from './testing/problems.js';

const functions = ['relu', 'tanh', 'sigmoid', 'elu'] as const;

/** A network that a seed stands for: signals, images or rows of numbers, and whatever layers fit. */
function networkOf(seed: number, dropout = false): ModelSpec {
  const random = new Random(`network ${seed}`);
  const pick = <T>(values: readonly T[]): T => values[random.integer(0, values.length)]!;
  const upTo = (n: number) => random.integer(1, n + 1);
  const rank = pick([1, 2, 3]);
  const inputShape = rank === 1 ? [upTo(20)] : [...Array.from({ length: rank - 1 }, () => upTo(8)), upTo(5)];
  const layers: LayerInput[] = [];
  let space = inputShape.slice(0, -1);
  let channels = inputShape.at(-1)!;
  for (let left = upTo(3); left > 0; left--) {
    const kernel = space.map((n) => upTo(Math.min(3, n)));
    const stride = space.map(() => upTo(3));
    const same = random.bernoulli(0.5);
    if (rank === 1) {
      channels = upTo(20);
      layers.push({ type: 'dense', units: channels, bias: random.bernoulli(0.7) });
    } else {
      const windows = { kernelSize: kernel, stride };
      const kind = pick(['conv', 'conv', 'max-pool', 'average-pool'] as const);
      const size = rank === 2 ? { kernelSize: kernel[0], stride: stride[0] } : windows;
      if (kind === 'conv') {
        channels = upTo(9);
        const padding = same ? 'same' : 'valid';
        const bias = random.bernoulli(0.7);
        layers.push({
          type: rank === 2 ? 'conv1d' : 'conv2d',
          filters: channels,
          padding,
          bias,
          ...size,
        } as LayerInput);
        space = space.map((n, i) => Math.ceil((same ? n : n - kernel[i]! + 1) / stride[i]!));
      } else {
        layers.push({ type: `${kind}${rank - 1}d`, ...size } as LayerInput);
        space = space.map((n, i) => Math.floor((n - kernel[i]!) / stride[i]!) + 1);
      }
    }
    if (random.bernoulli(0.3)) {
      const groups = pick([1, channels, ...(channels % 2 ? [] : [channels / 2])]);
      layers.push({ type: 'group-norm', groups, epsilon: 0.1 });
    }
    if (random.bernoulli(0.6)) layers.push({ type: 'activation', function: pick(functions) });
    if (dropout) layers.push({ type: 'dropout', rate: pick([0.2, 0.5]) });
  }
  const loss = pick(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-error'] as const);
  const units = loss === 'softmax-cross-entropy' ? 1 + upTo(4) : 1;
  return spec(inputShape, [...layers, { type: 'flatten' }, { type: 'dense', units }], loss);
}

describe.each(builds)('networks on the %s build, against float64', (build) => {
  let trainer: LocalTrainer;
  beforeAll(async () => void (trainer = await trainerOn(build)));

  /** By how much the ways differ that a training moves the weights, here and in float64, beyond their rounding. */
  const compare = async (
    model: ModelSpec,
    data: TrainingData,
    context: ClientContext,
    start = weightsOf(model),
  ): Promise<number> => {
    const [own, exact] = await Promise.all(
      [trainer, referenceTrainer()].map((one) => one.train(start, data, context, notAborted)),
    );
    const moved = ({ payload }: Trained) => payload.values.map((value, i) => value - start.values[i]!);
    const scale = Math.max(...moved(exact!).map(Math.abs), 1e-3);
    expect(own!.steps).toBe(exact!.steps);
    const loss = exact!.metrics['loss'] ?? 0;
    expect(Math.abs((own!.metrics['loss'] ?? 0) - loss)).toBeLessThan(1e-4 * Math.max(1, loss)); // in float32
    // Weights are float32: each step rounds them by up to half a unit in the last place, however little it moves them.
    const rounding = exact!.steps * 2 ** -24 * Math.max(...own!.payload.values.map(Math.abs));
    const apart = relativeError(
      moved(own!).map((x) => x / scale),
      moved(exact!).map((x) => x / scale),
    );
    return apart - rounding / scale;
  };
  const clipping = (clipNorm: number) => ({ clip: 'per-example', clipNorm, noiseMultiplier: 0 }) as const;
  const seeds = fc.integer({ min: 0, max: 1e9 });
  const numRuns = 60;

  it('have the outputs', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 0, max: 9 }), async (seed, count) => {
        const model = networkOf(seed, true);
        const data = dataOf(model, count);
        const [own, exact] = await Promise.all(
          [trainer, referenceTrainer()].map((one) => one.predict(model, weightsOf(model), data)),
        );
        expect(relativeError(own!, exact!)).toBeLessThan(1e-5);
      }),
      { numRuns: 2 * numRuns },
    );
  });

  it('have the gradient of a batch', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 1, max: 9 }), async (seed, count) => {
        const model = networkOf(seed, seed % 2 === 0);
        const plan = planOf(model, { kind: 'shuffle', size: count, epochs: 1 });
        expect(await compare(model, dataOf(model, count), contextOf(plan))).toBeLessThan(1e-4);
      }),
      { numRuns: 2 * numRuns },
    );
  });

  it('have it where a convolution is folded back in several groups', async () => {
    const conv = { type: 'conv2d', filters: 8, kernelSize: [3, 3] } as const;
    const model = spec([20, 18, 2], [conv, conv, { type: 'flatten' }, { type: 'dense', units: 2 }]);
    const plan = planOf(model, { kind: 'shuffle', size: 8, epochs: 1 });
    expect(await compare(model, dataOf(model, 8), contextOf(plan))).toBeLessThan(1e-4);
  });

  it('give the gradient of a maximum to the first of equal values', async () => {
    for (const filters of [3, 4, 6]) {
      const layers: LayerInput[] = [
        { type: 'conv2d', filters, kernelSize: [1, 2] },
        { type: 'max-pool2d', kernelSize: [2, 2], stride: [1, 2] },
        { type: 'flatten' },
        { type: 'dense', units: 2 },
      ];
      const model = spec([4, 6, 1], layers);
      const start = weightsOf(model);
      start.values.fill(0, 0, start.layout.tensors[0]!.size); // so that all positions are equal, not what they see
      const plan = planOf(model, { kind: 'shuffle', size: 5, epochs: 1 });
      expect(await compare(model, dataOf(model, 5), contextOf(plan), start)).toBeLessThan(1e-4);
    }
  });

  it('have the sum of clipped gradients, of records and of patients', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 1, max: 12 }), fc.boolean(), async (seed, count, byPatient) => {
        const model = networkOf(seed);
        const plan = planOf(
          model,
          { kind: 'poisson', probability: 0.5, steps: 2, expectedSize: 3 },
          undefined,
          byPatient,
        );
        const gradientPrivacy = clipping([0.01, 0.3, 3][seed % 3]!);
        const context = contextOf(plan, { gradientPrivacy });
        const data = dataOf(model, count, seed, byPatient ? 3 : 0);
        expect(await compare(model, data, context)).toBeLessThan(1e-4);
      }),
      { numRuns: 3 * numRuns },
    );
  });

  it('have them with frozen tensors, a proximal term and a correction', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.boolean(), async (seed, clipped) => {
        const model = networkOf(seed);
        const random = new Random(seed);
        const { layout } = weightsOf(model);
        const frozen = layout.tensors.filter(() => random.bernoulli(0.4)).map(({ name }) => name);
        const correction = Float32Array.from({ length: layout.size }, () => random.normal());
        const batches = clipped
          ? ({ kind: 'poisson', probability: 0.5, steps: 3, expectedSize: 3 } as const)
          : ({ kind: 'shuffle', size: 4, epochs: 2 } as const);
        const plan = planOf(model, batches, { name: 'sgd', learningRate: 0.1 });
        const context = contextOf(plan, {
          wishes: { frozen, proximalMu: 0.7, correction },
          ...(clipped && { gradientPrivacy: clipping(0.2) }),
        });
        expect(await compare(model, dataOf(model, 7), context)).toBeLessThan(1e-4);
      }),
      { numRuns },
    );
  });

  /** Programs are made for likely batches: everyone at once goes through in parts. */
  const few = { kind: 'poisson', probability: 0.001, steps: 2, expectedSize: 20 } as const;
  const someModels: [string, ModelSpec][] = [
    [
      'dense',
      spec(
        [5],
        [
          { type: 'dense', units: 7 },
          { type: 'dropout', rate: 0.4 },
          { type: 'dense', units: 3 },
        ],
      ),
    ],
    [
      'convolution',
      spec(
        [6, 5, 3],
        [
          { type: 'conv2d', filters: 4, kernelSize: [2, 3] },
          { type: 'group-norm', groups: 2 },
          { type: 'dropout', rate: 0.3 },
          { type: 'flatten' },
          { type: 'dense', units: 2 },
        ],
      ),
    ],
  ];
  describe.each(someModels)('%s: batches beyond the capacity', (_, model) => {
    it('whole', async () => {
      const context = contextOf(planOf(model, few), { noise: everyone });
      expect(await compare(model, dataOf(model, 41), context)).toBeLessThan(1e-4);
    });

    it('clipped by record', async () => {
      const context = contextOf(planOf(model, few), { noise: everyone, gradientPrivacy: clipping(0.1) });
      expect(await compare(model, dataOf(model, 41), context)).toBeLessThan(1e-4);
    });

    it('clipped by patient, none of which is split', async () => {
      const plan = planOf(model, few, undefined, true);
      const context = contextOf(plan, { noise: everyone, gradientPrivacy: clipping(0.1) });
      for (const patients of [1, 5, 30])
        expect(await compare(model, dataOf(model, 41, patients, patients), context)).toBeLessThan(1e-4);
    });
  });

  it('draw the same units, masks and noise', async () => {
    const [, [, model]] = someModels as [unknown, [string, ModelSpec]];
    for (const byPatient of [false, true]) {
      const plan = planOf(
        model,
        { kind: 'poisson', probability: 0.3, steps: 5, expectedSize: 6 },
        undefined,
        byPatient,
      );
      const context = contextOf(plan, { gradientPrivacy: { ...clipping(0.2), noiseMultiplier: 2.5 } });
      expect(await compare(model, dataOf(model, 20, 'draws', byPatient ? 6 : 0), context)).toBeLessThan(1e-4);
    }
    const plan = planOf(model, { kind: 'shuffle', size: 7, epochs: 2 });
    const gradientPrivacy = { clip: 'batch-mean', clipNorm: 0.1, noiseMultiplier: 2.5 } as const;
    expect(await compare(model, dataOf(model, 20), contextOf(plan, { gradientPrivacy }))).toBeLessThan(1e-4);
  });

  it.each([1, 2, 3, 17, 64])('have the gradient of cox on %i records with ties', async (count) => {
    const model = spec(
      [4],
      [
        { type: 'dense', units: 3 },
        { type: 'activation', function: 'tanh' },
        { type: 'dense', units: 1 },
      ],
      'cox',
    );
    for (const seed of [1, 2, 3]) {
      const plan = planOf(model, { kind: 'shuffle', size: count, epochs: 2 });
      expect(await compare(model, dataOf(model, count, seed), contextOf(plan))).toBeLessThan(1e-4);
    }
  });
});

import assert from 'node:assert/strict';
import { outputSize, Random, type ModelSpec, type NoiseSource, type TrainingData } from '@fedward/core';
import { assertAllClose, assertDiffers } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { float32Steps } from './gradients.js';
import {
  linear,
  movement,
  planFor,
  poisson,
  sgd,
  spec,
  startOf,
  train,
  twoLayers,
  type Create,
  type Runs,
} from './problems.js';

const clipNorm = 0.5;
const expectedSize = 4;

/** Records of a data set, one by one. */
interface Row {
  readonly features: Float32Array;
  readonly label: number;
  readonly patient: string;
}

const classifier = (inputShape: number[], ...layers: Parameters<typeof spec>[0]['layers'][number][]): ModelSpec =>
  spec({
    inputShape,
    layers: [...layers, { type: 'flatten' }, { type: 'dense', units: 2 }],
    loss: 'softmax-cross-entropy',
  });

/** A model for each way in which norms are found. */
const everyWay: Readonly<Record<string, ModelSpec>> = {
  'one layer': linear(4, 3),
  'two layers': twoLayers(4),
  'squared errors': spec({ inputShape: [3], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' }),
  'a signal in two windows': classifier([4, 12], { type: 'conv1d', filters: 16, kernelSize: 2, stride: 2 }),
  'a picture, with group norm': classifier(
    [6, 5, 2],
    { type: 'conv2d', filters: 4, kernelSize: [3, 2] },
    { type: 'group-norm', groups: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'average-pool2d', kernelSize: [2, 2], stride: [2, 2] },
  ),
  'features in small units': classifier([4], { type: 'dense', units: 3 }, { type: 'scale', factor: 1e30 }),
};

/** Features of records that were chosen to get more weight than others. */
const kinds: Readonly<Record<string, (random: Random) => number>> = {
  ordinary: (random) => random.normal(),
  large: (random) => 1e4 * random.normal(),
  'nearly beyond float32': (random) => (random.bernoulli(0.5) ? 1e38 : -1e38),
  'of squares beyond float32': (random) => 1e25 * random.normal(),
  'of squares that vanish': (random) => 1e-23 * random.normal(),
  denormal: (random) => 1e-42 * random.normal(),
  zero: () => 0,
};

/**
 * What one record, or all the records of one patient, may do to the sum of a step, noise left out and all others drawn
 * as before: move it by the clip norm at most, whatever the record is. The sum is what is handed to the noise source.
 */
export function sensitivityChecks(create: Create, runs: Runs): Checks {
  const models = Object.entries(everyWay).filter(([, model]) => runs(planFor(model, poisson(0.5, expectedSize))));
  const drawn = (model: ModelSpec, kind: string, seed: string, patient = seed): Row => {
    const random = new Random(`sensitivity ${seed}`);
    const size = model.inputShape.reduce((product, n) => product * n, 1);
    const features = Float32Array.from({ length: size }, () => kinds[kind]!(random));
    const label = model.loss === 'squared-error' ? 100 * random.normal() : random.integer(0, outputSize(model));
    return { features, label, patient };
  };
  const dataOf = (model: ModelSpec, rows: readonly Row[]): TrainingData => ({
    count: rows.length,
    featureShape: model.inputShape,
    features: Float32Array.from(rows.flatMap(({ features }) => [...features])),
    labels: Float32Array.from(rows, ({ label }) => label),
    patientIds: rows.map(({ patient }) => patient),
  });

  /** @param chosen units that are in the batch, by number; default: all */
  const sumOf = async (
    model: ModelSpec,
    rows: readonly Row[],
    chosen?: readonly number[],
    unit: 'record' | 'patient' = 'record',
  ): Promise<Float64Array> => {
    let [sum, unitNumber] = [undefined as Float64Array | undefined, 0];
    const noise: NoiseSource = {
      simulationOnly: true,
      uniform: () => (!chosen || chosen.includes(unitNumber++) ? 0 : 0.999),
      addGaussian: (values) => void (sum = Float64Array.from(values)),
    };
    const plan = planFor(model, poisson(0.5, expectedSize), sgd(), {
      privacy: { mechanisms: [{ name: 'compliance' }], accountant: 'compliance', delta: 1e-5, unit },
    });
    const start = startOf(model);
    const gradientPrivacy = { clip: 'per-example', clipNorm, noiseMultiplier: 1 } as const;
    const trained = await train(create(), plan, start, dataOf(model, rows), { noise, gradientPrivacy });
    assert.ok(sum, 'the noise source was not asked for noise');
    const step = sum.map((x) => -x / expectedSize);
    assertAllClose(movement(trained, start), step, 'the step, without noise', float32Steps);
    return sum;
  };
  const bounded = (a: Float64Array, b: Float64Array, clipNorms: number, what: string): void => {
    const moved = Math.sqrt(a.reduce((squares, x, i) => squares + (x - b[i]!) ** 2, 0));
    assert.ok(moved <= clipNorms * clipNorm, `${what}: the sum moved by ${moved}, the clip norm is ${clipNorm}`);
  };
  /** @param prepare what is the same for all kinds of records */
  const each = async <T>(
    prepare: (model: ModelSpec) => Promise<T>,
    check: (prepared: T, model: ModelSpec, kind: string, what: string) => Promise<void>,
  ): Promise<void> => {
    for (const [name, model] of models) {
      const prepared = await prepare(model);
      for (const kind of Object.keys(kinds))
        await check(prepared, model, kind, `${name}, a record with features ${kind}`);
    }
  };
  const othersFor = (model: ModelSpec): Row[] => ['a', 'b', 'c', 'd'].map((seed) => drawn(model, 'ordinary', seed));

  return {
    async 'one record more moves the sum of a step by the clip norm at most'() {
      const withoutIt = (model: ModelSpec) => sumOf(model, othersFor(model));
      await each(withoutIt, async (without, model, kind, what) => {
        const others = othersFor(model);
        const record = drawn(model, kind, 'x');
        const last = await sumOf(model, [...others, record]);
        bounded(last, without, 1, `${what}, the last`);
        bounded(await sumOf(model, [...others.slice(0, 2), record, ...others.slice(2)]), without, 1, what);
        // Beside one that is equal to it, the others in another order.
        bounded(await sumOf(model, [record, ...others.toReversed(), record]), last, 1, `${what}, twice`);
      });
    },

    async 'a record alone in its batch moves the sum from 0 by the clip norm at most'() {
      const nobody = (model: ModelSpec) => sumOf(model, othersFor(model), []);
      await each(nobody, async (empty, model, kind, what) => {
        assert.ok(
          empty.every((x) => x === 0),
          `${what}: the sum over nobody is not 0`,
        );
        bounded(await sumOf(model, [drawn(model, kind, 'x'), ...othersFor(model)], [0]), empty, 1, `${what}, alone`);
      });
    },

    async 'one record changed moves the sum of a step by twice the clip norm at most'() {
      const asItWas = (model: ModelSpec) => sumOf(model, [...othersFor(model), drawn(model, 'ordinary', 'x')]);
      await each(asItWas, async (before, model, kind, what) => {
        const changed = { ...drawn(model, kind, 'x'), label: 0 };
        bounded(await sumOf(model, [...othersFor(model), changed]), before, 2, what);
      });
    },

    async 'all the records of a patient move the sum by the clip norm at most, or are refused'() {
      for (const [name, model] of models)
        for (const kind of ['ordinary', 'large', 'of squares that vanish', 'of squares beyond float32']) {
          const others = othersFor(model);
          const own = ['x', 'y', 'z'].map((seed) => drawn(model, kind, seed, 'patient'));
          // One nearly takes back what another gives.
          const opposed = own.map((row, i) => ({ ...row, features: row.features.map((x) => (i === 1 ? -x : x)) }));
          const without = await sumOf(model, others, undefined, 'patient').catch((error: unknown) => {
            if ((error as { code?: unknown }).code === 'CONFIG_INCOMPATIBLE') return undefined;
            throw error;
          });
          if (!without) return;
          for (const records of [own, opposed, [own[0]!, own[0]!]]) {
            const mixed = [records[0]!, ...others, ...records.slice(1)];
            bounded(await sumOf(model, mixed, undefined, 'patient'), without, 1, `${name}, three records ${kind}`);
          }
        }
    },

    async 'under dropout one record more moves the sum by the clip norm at most'() {
      const model = dropoutModel;
      for (const kind of Object.keys(kinds)) {
        const others = othersFor(model);
        const with_ = await sumOf(model, [...others, drawn(model, kind, 'x')]); // the last: no other has another place
        bounded(with_, await sumOf(model, others), 1, `a record with features ${kind}`);
      }
    },

    async 'dropout masks are as secret as the noise'() {
      const moved = async (secret: string): Promise<Float64Array> => {
        const draws = new Random(secret);
        const noise: NoiseSource = {
          simulationOnly: false,
          uniform: () => draws.uniform(),
          addGaussian: () => undefined,
        };
        const start = startOf(dropoutModel);
        const gradientPrivacy = { clip: 'per-example', clipNorm, noiseMultiplier: 1 } as const;
        const data = dataOf(dropoutModel, othersFor(dropoutModel));
        const overrides = { noise, gradientPrivacy, random: new Random('known') };
        return movement(
          await train(create(), planFor(dropoutModel, poisson(1, expectedSize)), start, data, overrides),
          start,
        );
      };
      assertDiffers(await moved('one'), await moved('other'), 'the masks do not depend on the secret source');
    },
  };
}

const dropoutModel = spec({
  inputShape: [6],
  layers: [
    { type: 'dropout', rate: 0.4 },
    { type: 'dense', units: 8 },
    { type: 'activation', function: 'tanh' },
    { type: 'dropout', rate: 0.5 },
    { type: 'dense', units: 3 },
  ],
  loss: 'softmax-cross-entropy',
});

import assert from 'node:assert/strict';
import { tensorValues, type OptimizerSpec, type TrainingWishes } from '@fedward/core';
import { createOptimizer } from '../reference/optimizer.js';
import { assertAllClose, assertNames, assertSame, refuses, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { float32Steps } from './gradients.js';
import {
  blobs,
  constantUniform,
  everyone,
  fullBatch,
  gradientSum,
  movement,
  planFor,
  poisson,
  startOf,
  train,
  twoLayers,
  type Create,
} from './problems.js';

/** What a strategy may ask beyond the plan; see `TrainingWishes` in core. */
export function wishChecks(create: Create): Checks {
  const [model, data] = [twoLayers(4), blobs(9, 4, 3)];
  const start = startOf(model);
  const { tensors, size } = start.layout;
  const [kernel, , , bias] = tensors as unknown as [Tensor, Tensor, Tensor, Tensor];
  const frozen = [bias.name, kernel.name];
  const isFrozen = (i: number) => [kernel, bias].some((t) => i >= t.offset && i < t.offset + t.size);
  const correction = Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1) / 4);
  const adam = { name: 'adam', learningRate: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 1e-6 } as const;

  const after = async (wishes: TrainingWishes, optimizer: OptimizerSpec, steps = 3) =>
    train(create(), planFor(model, fullBatch(9, steps), optimizer), start, data, { wishes });
  const refused = async (what: string, wishes: TrainingWishes, name: string): Promise<void> => {
    const error = await refuses('CONFIG_INCOMPATIBLE', what, () => after(wishes, adam));
    assertNames(error, name);
  };
  /** The weights after the same steps in float64. */
  const expectedAfter = (
    gradientAt: (weights: Float64Array) => Float64Array,
    optimizer: OptimizerSpec,
    from: ArrayLike<number> = start.values,
  ): Float64Array => {
    const weights = Float64Array.from(from);
    const optimize = createOptimizer(optimizer, size);
    for (let step = 0; step < 3; step++) optimize(weights, gradientAt(weights));
    return weights;
  };
  const meanAt = (weights: Float64Array, names: readonly string[] = []) =>
    gradientSum(model, weights, data, undefined, names).sum.map((g) => g / 9);
  const private_ = (bias: Float32Array | null): TrainingWishes => ({
    privateTensors: {
      [kernel.name]: tensorValues(start, kernel.name).map((w) => w / 2 + 0.1),
      [tensors[3]!.name]: bias,
    },
  });

  return {
    async 'a frozen tensor does not move, and the others follow the gradient'() {
      for (const optimizer of [
        { name: 'sgd', learningRate: 0.5 },
        { name: 'momentum', learningRate: 0.2, momentum: 0.8 },
        adam,
      ] as const) {
        const { payload } = await after({ frozen, proximalMu: 0.5, correction }, optimizer);
        for (const name of frozen)
          assertSame(tensorValues(payload, name), tensorValues(start, name), `the frozen ${name}`);
        const expected = expectedAfter(
          (weights) =>
            meanAt(weights).map((g, i) =>
              isFrozen(i) ? 0 : g + 0.5 * (weights[i]! - start.values[i]!) + correction[i]!,
            ),
          optimizer,
        );
        assertAllClose(payload.values, expected, `the weights after ${optimizer.name}`, float32Steps);
      }
    },

    async 'a frozen tensor counts for nothing in clipping'() {
      const norms = Array.from(data.labels, (_, row) => {
        const own = { ...data, count: 1, features: data.features.slice(4 * row, 4 * row + 4) };
        const labels = data.labels.slice(row, row + 1);
        return Math.hypot(...gradientSum(model, start.values, { ...own, labels }, undefined, frozen).sum);
      });
      const clipNorm = norms.toSorted((a, b) => a - b)[4]!;
      const gradientPrivacy = { clip: 'per-example', clipNorm, noiseMultiplier: 0 } as const;
      const plan = planFor(model, poisson(0.5, 5));
      const overrides = { wishes: { frozen }, noise: everyone, gradientPrivacy };
      const moved = movement(await train(create(), plan, start, data, overrides), start);
      const expected = gradientSum(model, start.values, data, clipNorm, frozen).sum.map((g) => -g / 5);
      assertAllClose(moved, expected, 'the step of clipped gradients', float32Steps);

      const mean = meanAt(Float64Array.from(start.values), frozen);
      const half = { clip: 'batch-mean', clipNorm: Math.hypot(...mean) / 2, noiseMultiplier: 0 } as const;
      const ofMean = await train(create(), planFor(model, fullBatch(9)), start, data, {
        ...overrides,
        gradientPrivacy: half,
      });
      const halved = mean.map((g) => -g / 2);
      assertAllClose(movement(ofMean, start), halved, 'the step of the clipped mean', float32Steps);
    },

    async 'a frozen tensor gets no noise, and the others the noise that they have without it'() {
      const gradientPrivacy = { clip: 'per-example', clipNorm: 0.7, noiseMultiplier: 1.3 } as const;
      const step = async (names: string[]) => {
        const overrides = { wishes: { frozen: names }, noise: constantUniform(0.9999), gradientPrivacy };
        return movement(await train(create(), planFor(model, poisson(0.5, 5)), start, data, overrides), start);
      };
      const [all, some] = [await step([]), await step(frozen)];
      assert.ok(
        all.every((x) => x !== 0),
        'a value got no noise where no tensor is frozen',
      );
      const expected = all.map((x, i) => (isFrozen(i) ? 0 : x));
      assertAllClose(some, expected, 'the noise of a step', { absolute: 1e-6 });
    },

    async 'a frozen tensor that the model does not have is refused by name'() {
      await refused('frozen: 9.dense.kernel', { frozen: [kernel.name, '9.dense.kernel'] }, '9.dense.kernel');
    },

    async 'the correction is added to every step'() {
      for (const optimizer of [{ name: 'sgd', learningRate: 0.5 }, adam] as const) {
        const { payload } = await after({ correction }, optimizer);
        const expected = expectedAfter((weights) => meanAt(weights).map((g, i) => g + correction[i]!), optimizer);
        assertAllClose(payload.values, expected, `the weights after ${optimizer.name}`, float32Steps);
      }
    },

    async 'the correction is neither clipped nor divided, and is added to an empty batch too'() {
      const gradientPrivacy = { clip: 'per-example', clipNorm: 0.01, noiseMultiplier: 0 } as const;
      const plan = planFor(model, poisson(0.5, 5, 2));
      const moved = movement(
        await train(create(), plan, start, data, {
          ...{ wishes: { correction }, gradientPrivacy, noise: constantUniform(0.9999) },
        }),
        start,
      );
      const expected = correction.map((c) => -2 * c);
      assertAllClose(moved, expected, 'two steps on empty batches', float32Steps);
    },

    async 'a correction of another length is refused'() {
      for (const wrong of [correction.subarray(1), new Float32Array(size + 1), new Float32Array(0)])
        await refused(`${wrong.length} values for ${size}`, { correction: wrong }, 'correction');
    },

    async 'private tensors start from the values of the site'() {
      const wishes = private_(null);
      const unchanged = watch('the private tensors', wishes.privateTensors);
      const own = wishes.privateTensors![kernel.name]!;
      const from = start.values.slice();
      from.set(own, kernel.offset);
      const { payload, privateTensors = {} } = await after(wishes, adam);
      const expected = expectedAfter((weights) => meanAt(weights), adam, from);
      for (const { name, offset, size } of tensors) {
        const found = privateTensors[name] ?? tensorValues(payload, name);
        assertAllClose(found, expected.subarray(offset, offset + size), `the trained ${name}`, float32Steps);
      }
      unchanged();
    },

    async 'private tensors come back by themselves, and in the payload as they came'() {
      const { payload, privateTensors } = await after(private_(null), adam);
      const names = [kernel.name, bias.name];
      assertSame(Object.keys(privateTensors ?? {}).sort(), names.toSorted(), 'the names of the private tensors');
      for (const name of names) {
        assert.ok(privateTensors![name] instanceof Float32Array, `the trained ${name} is not a Float32Array`);
        assertSame(tensorValues(payload, name).slice(), tensorValues(start, name).slice(), `${name} in the payload`);
      }
      privateTensors![kernel.name]!.fill(9);
      assertSame(tensorValues(payload, kernel.name).slice(), tensorValues(start, kernel.name).slice(), 'the payload');
    },

    async 'private tensors that the model does not have, or of another length, are refused by name'() {
      for (const [name, values] of [
        ['9.dense.kernel', null],
        [kernel.name, new Float32Array(kernel.size - 1)],
      ] as const)
        await refused(`private ${name}`, { privateTensors: { [name]: values } }, name);
    },

    async 'a wish that it does not know is refused by name'() {
      await refused('the wish pruning', { pruning: 0.5 } as TrainingWishes, 'pruning');
    },

    async 'a proximal term that is no finite float32 from 0 on is refused by name'() {
      for (const proximalMu of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e39])
        await refused(`proximalMu ${proximalMu}`, { proximalMu }, 'proximalMu');
    },
  };
}

interface Tensor {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

import assert from 'node:assert/strict';
import type { Applied, ModelSpec, RoundObjective, TrainingData, TrainingPlanInput } from '@fedward/core';
import { assertAllClose, assertClose, assertNames, assertSame, refuses } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { float32Steps } from './gradients.js';
import {
  blobs,
  everyone,
  fullBatch,
  gradientSum,
  linear,
  movement,
  planFor,
  poisson,
  sgd,
  spec,
  startOf,
  train,
  type Batches,
  type Create,
} from './problems.js';

type Objective = NonNullable<TrainingPlanInput['training']['objective']>;

/** What a plan changes in the loss: see `objectiveSchema` in core. */
export function objectiveChecks(create: Create): Checks {
  const softmax = linear(4, 3);
  const sigmoid = spec({ inputShape: [4], layers: [{ type: 'dense', units: 1 }], loss: 'sigmoid-cross-entropy' });
  const [three, two] = [blobs(9, 4, 3), blobs(9, 4)];
  const problems: readonly (readonly [ModelSpec, TrainingData])[] = [
    [softmax, three],
    [sigmoid, two],
  ];
  const planWith = (model: ModelSpec, objective: Objective, batches: Batches = fullBatch(9, 3)) => {
    const plan = planFor(model, batches, sgd(0.5));
    return planFor(model, batches, sgd(0.5), { training: { ...plan.training, objective } });
  };

  /** Three steps on all of the data, against the same steps in float64. */
  const follows = async (
    model: ModelSpec,
    data: TrainingData,
    objective: Objective,
    shape: RoundObjective,
    round = 0,
  ): Promise<void> => {
    const weights = Float64Array.from(startOf(model).values);
    let told = 0;
    for (let step = 0; step < 3; step++) {
      const { sum, loss } = gradientSum(model, weights, data, undefined, [], shape);
      told += loss / 3;
      weights.forEach((w, i) => (weights[i] = w - (0.5 * sum[i]!) / 9));
    }
    const { payload, metrics } = await train(create(), planWith(model, objective), startOf(model), data, { round });
    const what = JSON.stringify(shape);
    assertAllClose(payload.values, weights, `the weights after three steps under ${what}`, float32Steps);
    assertClose(metrics['loss']!, told, `the loss that is told of ${what}`, { relative: 1e-3, absolute: 1e-5 });
  };

  return {
    async 'weights of classes scale what each class counts'() {
      for (const [model, data] of problems) {
        const classWeights = [0.5, 3, 1.25].slice(0, model === sigmoid ? 2 : 3);
        await follows(model, data, { classWeights }, { classWeights });
      }
    },

    async 'a class of twice the weight is a class with each record twice'() {
      for (const [model, data] of problems) {
        const rows = [...data.labels.keys()];
        const twice = rows.flatMap((row) => (data.labels[row] === 1 ? [row, row] : [row]));
        const doubled = {
          ...data,
          count: twice.length,
          features: Float32Array.from(twice.flatMap((row) => [...data.features.subarray(4 * row, 4 * row + 4)])),
          labels: Float32Array.from(twice, (row) => data.labels[row]!),
        };
        const batches = poisson(0.5, 5); // everyone is in them, and the divisor is the plan's
        const classWeights = [1, 2, 1].slice(0, model === sigmoid ? 2 : 3);
        const start = startOf(model);
        const weighted = await train(create(), planWith(model, { classWeights }, batches), start, data, {
          noise: everyone,
        });
        const expected = await train(create(), planFor(model, batches, sgd(0.5)), start, doubled, { noise: everyone });
        assertAllClose(weighted.payload.values, expected.payload.values, 'the weights', float32Steps);
      }
    },

    async 'the weight of a class scales a gradient before it is clipped'() {
      const classWeights = [0.01, 20, 1];
      const gradientPrivacy = { clip: 'per-example', clipNorm: 0.4, noiseMultiplier: 0 } as const;
      const plan = planWith(softmax, { classWeights }, poisson(0.5, 5));
      const start = startOf(softmax);
      const trained = await train(create(), plan, start, three, { gradientPrivacy, noise: everyone });
      const { sum } = gradientSum(softmax, start.values, three, 0.4, [], { classWeights });
      const expected = sum.map((g) => (-0.5 * g) / 5);
      assertAllClose(movement(trained, start), expected, 'the step of clipped gradients', float32Steps);
    },

    async 'label smoothing gives a part of each label to all classes'() {
      for (const [model, data] of problems)
        await follows(model, data, { labelSmoothing: 0.3 }, { labelSmoothing: 0.3 });
    },

    async 'the generalized cross-entropy is that of its q'() {
      for (const [model, data] of problems)
        for (const q of [0.05, 0.7, 1])
          await follows(model, data, { generalizedCrossEntropy: { q } }, { generalizedCrossEntropy: { q } });
    },

    async 'of each batch the smallest losses alone count, fewer from round to round'() {
      for (const [model, data] of problems) {
        const keepSmallest = { fraction: 0.4, warmUpRounds: 3 };
        for (const [round, share] of [0.8, 0.6, 0.4, 0.4].entries())
          await follows(model, data, { keepSmallest }, { keepSmallest: share }, round + 1);
        await follows(model, data, { keepSmallest: { fraction: 0.5 } }, { keepSmallest: 0.5 });
      }
      // By losses without weights, which then count, in batches that are divided by their own size.
      const classWeights = [5, 1, 0.2];
      await follows(
        softmax,
        three,
        { keepSmallest: { fraction: 0.5 }, classWeights },
        { keepSmallest: 0.5, classWeights },
      );
    },

    async 'small-loss selection is refused where gradients are clipped'() {
      for (const [clip, batches] of [
        ['per-example', poisson(0.5, 5)],
        ['batch-mean', fullBatch(9)],
      ] as const) {
        const plan = planWith(softmax, { keepSmallest: { fraction: 0.5 } }, batches);
        const gradientPrivacy = { clip, clipNorm: 0.5, noiseMultiplier: 1 } as const;
        const error = await refuses('CONFIG_INCOMPATIBLE', `${clip} clipping and keepSmallest`, () =>
          train(create(), plan, startOf(softmax), three, { gradientPrivacy, noise: everyone }),
        );
        assertNames(error, 'training.objective.keepSmallest');
      }
    },

    async 'it tells the objective that every step was made by'() {
      const classWeights = [1, 2, 0.1];
      const q = 0.7;
      const asked: readonly (readonly [Objective, number, Applied])[] = [
        [{ classWeights }, 0, { objective: { classWeights } }],
        [{ labelSmoothing: 0.1 }, 0, { objective: { labelSmoothing: 0.1 } }],
        [{ labelSmoothing: 0 }, 0, {}],
        [
          { generalizedCrossEntropy: { q }, classWeights },
          0,
          { objective: { classWeights, generalizedCrossEntropy: { q } } },
        ],
        [{ keepSmallest: { fraction: 0.3, warmUpRounds: 2 } }, 0, {}],
        [{ keepSmallest: { fraction: 0.5, warmUpRounds: 2 } }, 1, { objective: { keepSmallest: 0.75 } }],
        [{ keepSmallest: { fraction: 1 } }, 5, {}],
      ];
      for (const [objective, round, told] of asked) {
        const plan = planWith(softmax, objective, { kind: 'shuffle', size: 4, epochs: 2 });
        const { applied = {} } = await train(create(), plan, startOf(softmax), three, { round });
        assertSame(sorted(applied), sorted(told), `what was applied of ${JSON.stringify(objective)}`);
      }
      const gradientPrivacy = { clip: 'per-example', clipNorm: 0.7, noiseMultiplier: 1 } as const;
      const plan = planWith(softmax, { classWeights }, poisson(1e-9, 5, 2));
      const { applied = {} } = await train(create(), plan, startOf(softmax), three, { gradientPrivacy });
      const told = { objective: { classWeights }, gradientPrivacy };
      assertSame(sorted(applied), sorted(told), 'what was applied to empty batches');
      // And what was asked once is not kept for the next training of the same model.
      const plain = await train(create(), planFor(softmax, fullBatch(9)), startOf(softmax), three);
      assert.equal(plain.applied?.objective, undefined, 'an objective that the plan does not have');
    },
  };
}

/** Members in the order of their names, whatever order they were made in. */
function sorted(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    ),
  );
}

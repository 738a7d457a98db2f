import assert from 'node:assert/strict';
import { Random, type ClientContext } from '@fedward/core';
import { assertAllClose, assertDiffers, assertSame } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import {
  blobs,
  constantUniform,
  everyone,
  fullBatch,
  gradientSum,
  linear,
  movement,
  oneHot,
  planFor,
  poisson,
  sgd,
  spec,
  startOf,
  train,
  zerosOf,
  type Batches,
  type Create,
} from './problems.js';

/** Who is in a batch, as the rows of the kernel tell that have moved. */
export function batchChecks(create: Create): Checks {
  /** How often each of n one-hot examples was in a batch, from zero weights with a small learning rate. */
  const takenPart = async (
    n: number,
    batches: Batches,
    divisor: number,
    overrides: Partial<ClientContext> = {},
    seed: string | number = 1,
  ): Promise<number[]> => {
    const model = linear(n, 2, false);
    const rate = 1e-3;
    const start = zerosOf(model);
    const moved = movement(
      await train(create(), planFor(model, batches, sgd(rate)), start, oneHot(n), overrides, seed),
      start,
    );
    // One step moves a row by rate * (1 - 1/2) / divisor; later ones by hardly less, for the weights stay near 0.
    return Array.from({ length: n }, (_, row) => (Math.abs(moved[2 * row]!) * 2 * divisor) / rate);
  };

  return {
    async 'an epoch takes each record once, and a batch is divided by its own size'() {
      const found = (await takenPart(10, { kind: 'shuffle', size: 4, epochs: 1 }, 1)).toSorted((a, b) => a - b);
      const expected = [...Array<number>(8).fill(1 / 4), ...Array<number>(2).fill(1 / 2)];
      assertAllClose(found, expected, 'shares of ten records in batches of 4, 4 and 2', { relative: 1e-3 });
    },

    async 'every epoch is shuffled anew, by the seeded stream'() {
      const lastBatch = async (epochs: number, seed: string): Promise<number[]> => {
        const shares = await takenPart(25, { kind: 'shuffle', size: 24, epochs }, 1, { random: new Random(seed) });
        return shares.flatMap((share, row) => (share > 0.9 ? [row] : [])); // alone in the last batch of an epoch
      };
      const seeds = ['a', 'b', 'c', 'd'];
      const alone = await Promise.all(seeds.map(async (seed) => (await lastBatch(1, seed)).join()));
      assert.ok(new Set(alone).size > 1, 'four seeds gave the same order');
      const twice = await Promise.all(seeds.map((seed) => lastBatch(2, seed)));
      assert.ok(
        twice.some((rows) => rows.length === 2),
        'with four seeds, the second epoch had the order of the first',
      );
    },

    async 'a Poisson batch takes each record with the probability of the plan'() {
      const [n, runs, probability] = [120, 30, 0.3];
      const sizes: number[] = [];
      for (let seed = 0; seed < runs; seed++) {
        const taken = await takenPart(n, poisson(probability, n), n, {}, `poisson ${seed}`);
        sizes.push(taken.filter((share) => share > 0.5).length);
      }
      const mean = sizes.reduce((sum, size) => sum + size, 0) / runs;
      const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / (runs - 1);
      const expected = n * probability * (1 - probability);
      assert.ok(
        Math.abs(mean - n * probability) < 6 * Math.sqrt(expected / runs),
        `mean size of ${runs} batches: expected ${n * probability}, found ${mean}`,
      );
      assert.ok(
        variance > 0.15 * expected && variance < 3 * expected,
        `variance of the size: expected ${expected} (binomial), found ${variance}`,
      );
    },

    async 'every Poisson step draws anew'() {
      const [n, runs, probability] = [150, 8, 0.3];
      let both = 0;
      for (let seed = 0; seed < runs; seed++) {
        const taken = await takenPart(n, poisson(probability, n, 2), n, {}, `two steps ${seed}`);
        both += taken.filter((share) => share > 1.5).length / (n * runs);
      }
      const room = 6 * Math.sqrt((0.09 * 0.91) / (n * runs));
      assert.ok(
        Math.abs(both - 0.09) < room,
        `in both of two steps with probability 0.3: expected 0.09, found ${both}`,
      );
    },

    async 'Poisson batches are drawn from the secret noise source'() {
      const [n, batches] = [50, poisson(0.5, 50)];
      const all = await takenPart(n, batches, n, { noise: constantUniform(0) });
      assert.ok(
        all.every((share) => share > 0.5),
        'uniform draws of 0 leave a record out of the batch',
      );
      const none = await takenPart(n, batches, n, { noise: constantUniform(0.5) });
      assert.ok(
        none.every((share) => share === 0),
        'a uniform draw of 0.5 is in the batch at probability 0.5',
      );
      const [one, other] = [new Random('one'), new Random('other')];
      assertSame(
        await takenPart(n, batches, n, { random: one }),
        await takenPart(n, batches, n, { random: other }),
        'the batch, with another stream for shuffling',
      );
      assertDiffers(
        await takenPart(n, batches, n, {}, 'one'),
        await takenPart(n, batches, n, {}, 'other'),
        'the batch is the same with another noise source',
      );
    },

    async 'a Poisson batch is divided by the expected size, not by its own'() {
      const [model, data] = [linear(4, 3), blobs(9, 4, 3)];
      const start = startOf(model);
      const moved = movement(
        await train(create(), planFor(model, poisson(0.4, 5)), start, data, { noise: everyone }),
        start,
      );
      const expected = gradientSum(model, start.values, data).sum.map((g) => -g / 5);
      assertAllClose(moved, expected, 'the step of a batch of 9 with the expected size 5', {
        relative: 1e-4,
        absolute: 1e-5,
      });
    },

    async 'an empty Poisson batch is a step that moves nothing'() {
      const [model, data] = [linear(4, 3), blobs(9, 4, 3)];
      const start = startOf(model);
      const overrides = { noise: constantUniform(0.999) };
      const { payload, steps, metrics } = await train(
        create(),
        planFor(model, poisson(0.4, 5, 3)),
        start,
        data,
        overrides,
      );
      assertSame(payload.values, start.values, 'the weights after three empty batches');
      assert.equal(steps, 3, 'an empty batch is not counted as a step');
      for (const [name, value] of Object.entries(metrics))
        assert.ok(Number.isFinite(value), `after empty batches metrics.${name} is ${value}`);
    },

    async 'dropout follows the seeded stream, and divides what it keeps by 1 - rate'() {
      const n = 300;
      const model = spec({
        inputShape: [n],
        layers: [
          { type: 'dropout', rate: 0.25 },
          { type: 'dense', units: 2, bias: false },
        ],
        loss: 'softmax-cross-entropy',
      });
      const plan = planFor(model, fullBatch(n), sgd(n));
      const start = zerosOf(model);
      const moved = async (seed: string): Promise<Float64Array> =>
        movement(await train(create(), plan, start, oneHot(n), { random: new Random(seed) }), start);
      const first = await moved('a');
      const shares = Array.from({ length: n }, (_, row) => Math.abs(first[2 * row]!) * 2);
      const kept = shares.filter((share) => share !== 0);
      for (const share of kept)
        assertAllClose([share], [1 / 0.75], 'a kept value, times its weight', { relative: 1e-4 });
      const room = 6 * Math.sqrt((0.25 * 0.75) / n);
      assert.ok(Math.abs(kept.length / n - 0.75) < room, `kept at rate 0.25: expected 0.75, found ${kept.length / n}`);
      assertSame(await moved('a'), first, 'what is dropped, with the same stream');
      assertDiffers(await moved('b'), first, 'another stream has dropped the same values');
    },

    async 'dropout draws anew for every example'() {
      const [n, inputs] = [40, 30];
      const model = spec({
        inputShape: [inputs],
        layers: [
          { type: 'dropout', rate: 0.5 },
          { type: 'dense', units: 2, bias: false },
        ],
        loss: 'softmax-cross-entropy',
      });
      const start = zerosOf(model);
      const features = new Float32Array(n * inputs).fill(1);
      const alike = { count: n, featureShape: [inputs], features, labels: new Float32Array(n) };
      const moved = movement(await train(create(), planFor(model, fullBatch(n), sgd(2)), start, alike), start);
      const kept = Array.from({ length: inputs }, (_, row) => moved[2 * row]! / 2); // share of examples that kept it
      const between = kept.filter((share) => share > 0.01 && share < 0.99).length;
      assert.ok(
        between > inputs / 2,
        `at rate 0.5 ${inputs - between} of ${inputs} features were dropped by all or none`,
      );
    },
  };
}

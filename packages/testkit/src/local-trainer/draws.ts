import assert from 'node:assert/strict';
import { Random, SeededNoise, type ClientContext, type GradientPrivacy, type NoiseSource } from '@fedward/core';
import { referenceTrainer } from '../reference/trainer.js';
import { assertAllClose } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { float32Steps } from './gradients.js';
import {
  blobs,
  gradientSum,
  linear,
  planFor,
  poisson,
  sgd,
  spec,
  startOf,
  train,
  type Batches,
  type Create,
} from './problems.js';

/** Where each random number comes from, so that all trainers see the same batches, masks and simulated noise. */
export function drawChecks(create: Create): Checks {
  const dpSgd: GradientPrivacy = { clip: 'per-example', clipNorm: 0.7, noiseMultiplier: 1.3 };
  const model = spec({
    inputShape: [4],
    layers: [
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 7 },
      { type: 'activation', function: 'tanh' },
      { type: 'dropout', rate: 0.6 },
      { type: 'dense', units: 3 },
    ],
    loss: 'softmax-cross-entropy',
  });
  const plain = linear(4, 3);
  const seeded = () => new SeededNoise(new Random('draws'));
  /** The same draws, each of which has to be asked for. */
  const byDraw = (source: NoiseSource): NoiseSource => ({
    simulationOnly: true,
    uniform: () => source.uniform(),
    addGaussian: (values, standardDeviation) => source.addGaussian(values, standardDeviation),
    ...(source.at && { at: (step: number) => byDraw(source.at!(step)) }),
  });
  const agrees = async (
    drawn: typeof model,
    batches: Batches,
    noise: NoiseSource,
    overrides: Partial<ClientContext> = {},
  ): Promise<void> => {
    const [start, data] = [startOf(drawn), blobs(23, 4, 3)];
    const plan = planFor(drawn, batches, sgd(0.3));
    const context = { random: new Random('own'), ...overrides };
    const expected = await train(referenceTrainer(), plan, start, data, { ...context, noise: byDraw(seeded()) });
    const found = await train(create(), plan, start, data, { ...context, noise });
    assertAllClose(found.payload.values, expected.payload.values, 'the weights', float32Steps);
  };

  return {
    'an epoch has the order of the stream at (epoch, number)': async () => {
      await agrees(plain, { kind: 'shuffle', size: 4, epochs: 3 }, seeded());
      await agrees(plain, { kind: 'steps', size: 4, steps: 7 }, seeded());
    },

    'dropout has the words of its step and layer, row by row': async () => {
      await agrees(model, { kind: 'shuffle', size: 6, epochs: 2 }, seeded());
      await agrees(model, poisson(0.4, 9, 5), seeded(), { gradientPrivacy: dpSgd });
    },

    async 'a seeded source gives the same sampling and noise, by its key or draw by draw'() {
      for (const noise of [seeded, () => byDraw(seeded())]) {
        await agrees(plain, poisson(0.4, 9, 5), noise(), { gradientPrivacy: dpSgd });
        await agrees(plain, { kind: 'shuffle', size: 5, epochs: 2 }, noise(), {
          gradientPrivacy: { ...dpSgd, clip: 'batch-mean' },
        });
      }
    },

    async 'the draws of a step are those of the source at that step'() {
      const asked = (): never => {
        throw new Error('a draw that belongs to no step, from a source that has draws by step');
      };
      /** Everyone is in the second of three steps; step s has the noise (s + 1) times the deviation on each value. */
      const noise: NoiseSource = {
        simulationOnly: true,
        uniform: asked,
        addGaussian: asked,
        at: (step) => ({
          simulationOnly: true,
          uniform: () => (step === 1 ? 0 : 0.999),
          addGaussian: (values, deviation) => values.forEach((x, i) => (values[i] = x + (step + 1) * deviation)),
        }),
      };
      const [start, data] = [startOf(plain), blobs(9, 4, 3)];
      const { payload } = await train(create(), planFor(plain, poisson(0.5, 5, 3), sgd(0.3)), start, data, {
        noise,
        gradientPrivacy: dpSgd,
      });
      const expected = Float64Array.from(start.values);
      for (let step = 0; step < 3; step++) {
        const { sum } = gradientSum(plain, expected, data, dpSgd.clipNorm);
        const deviation = (step + 1) * dpSgd.noiseMultiplier * dpSgd.clipNorm;
        expected.forEach((w, i) => (expected[i] = w - (0.3 * ((step === 1 ? sum[i]! : 0) + deviation)) / 5));
      }
      assertAllClose(payload.values, expected, 'the weights after three steps', float32Steps);
    },

    async 'a source without a key is asked once a record, then once for all the noise, in each step'() {
      const [start, data] = [startOf(plain), blobs(9, 4, 3)];
      const calls: string[] = [];
      const noise: NoiseSource = {
        simulationOnly: true,
        uniform: () => (calls.push('uniform'), 0.5),
        addGaussian: (values) => void calls.push(`noise on ${values.length}`),
      };
      await train(create(), planFor(plain, poisson(0.6, 5, 2)), start, data, { noise, gradientPrivacy: dpSgd });
      const step = [...Array<string>(9).fill('uniform'), `noise on ${start.layout.size}`];
      assert.deepEqual(calls, [...step, ...step], 'the draws of two steps on nine records');
    },
  };
}

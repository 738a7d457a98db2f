import { Random, SeededNoise, type ClientContext, type LocalTrainer, type ModelSpec } from '@fedward/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type Size } from './engine/engines.js';
import { floats, forgetKeys, integers, loadRecords, loadTraining } from './engine/load.js';
import { loadBuild } from './engine/module.js';
import { builds } from './testing/kernels.js';
import { contextOf, dataOf, everyone, notAborted, planOf, spec, trainerOn, weightsOf } from './testing/problems.js';
import { sizeOf } from './training/size.js';

const model: ModelSpec = spec(
  [6, 5, 2],
  [
    { type: 'conv2d', filters: 5, kernelSize: [3, 2], padding: 'same' },
    { type: 'group-norm', groups: 5 },
    { type: 'activation', function: 'elu' },
    { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
    { type: 'dropout', rate: 0.3 },
    { type: 'flatten' },
    { type: 'dense', units: 3 },
  ],
);
const data = dataOf(model, 37, 'bits', 11);
const steps = 12;
const adam = { name: 'adam', learningRate: 0.01 } as const;
const contexts: Record<string, ClientContext> = {
  shuffled: contextOf(planOf(model, { kind: 'shuffle', size: 7, epochs: 2 }, adam)),
  'Poisson with clipping and noise': contextOf(
    planOf(model, { kind: 'poisson', probability: 0.2, steps, expectedSize: 7 }, adam),
    { gradientPrivacy: { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 1.1 } },
  ),
};

describe.each(builds)('the same bits on the %s build', (build) => {
  let trainer: LocalTrainer;
  beforeAll(async () => void (trainer = await trainerOn(build)));
  const bits = (values: Float32Array) => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
  const trained = async (context: ClientContext, own = data) =>
    bits((await trainer.train(weightsOf(model), own, context, notAborted)).payload.values);

  describe.each(Object.entries(contexts))('%s', (_, context) => {
    it('when trained twice, other trainings in between', async () => {
      const first = await trained(context);
      expect(await trained(context)).toEqual(first);
      const others: ClientContext[] = [
        { ...context, random: new Random('other'), noise: new SeededNoise(new Random('other')) },
        { ...context, wishes: { frozen: [weightsOf(model).layout.tensors[0]!.name], proximalMu: 1 } },
        { ...context, wishes: { correction: new Float32Array(weightsOf(model).layout.size).fill(3) } },
        ...(context.gradientPrivacy ? [{ ...context, noise: everyone }] : []),
      ];
      for (const other of others) {
        expect(await trained(other)).not.toEqual(first);
        expect(await trained(context)).toEqual(first);
      }
      await trained(context, dataOf(model, 60));
      await trained(context, { ...data, features: data.features.map(() => 1e30) });
      expect(await trained(context)).toEqual(first);
    });

    it('when two are trained at once', async () => {
      const [a, b] = await Promise.all([trained(context), trained(context)]);
      expect(a).toEqual(b);
    });

    it('when one before was aborted', async () => {
      const first = await trained(context);
      const stopped = AbortSignal.abort();
      await expect(trainer.train(weightsOf(model), data, context, stopped)).rejects.toMatchObject({ code: 'ABORTED' });
      expect(await trained(context)).toEqual(first);
    });

    it('on a program of its own', async () => {
      const first = await trained(context);
      expect(
        bits((await (await trainerOn(build)).train(weightsOf(model), data, context, notAborted)).payload.values),
      ).toEqual(first);
    });
  });

  /** Steps in the given pieces. */
  const inPieces = (context: ClientContext, pieces: readonly number[], size?: Size): number[] => {
    const engine: Engine = createEngine(model, size ?? sizeOf(context, data.count, undefined), loadBuild(build));
    loadRecords(engine, data);
    loadTraining(engine, weightsOf(model), context, { proximalMu: 0, frozen: [], privateTensors: [] });
    let first = 0;
    for (const count of pieces) {
      if (context.plan.training.batches.kind === 'poisson') engine.poissonSteps(first, count);
      else {
        integers(engine, engine.orderAddress(), data.count).set(
          context.random.fork('epoch', 0).permutation(data.count),
        );
        engine.shuffledSteps(first, count, 7 * first, 7);
      }
      first += count;
    }
    return bits(floats(engine, engine.weightsAddress(), engine.weights).slice());
  };

  it.each([
    ['shuffled', 6],
    ['Poisson with clipping and noise', steps],
  ] as const)('%s, however the steps are cut', (name, total) => {
    const context = contexts[name]!;
    const whole = inPieces(context, [total]);
    expect(
      inPieces(
        context,
        Array.from({ length: total }, () => 1),
      ),
    ).toEqual(whole);
    expect(inPieces(context, [1, total - 3, 2])).toEqual(whole);
    expect(inPieces(context, [total - 1])).not.toEqual(whole);
  });

  it('a training is cut as this test cuts it', async () => {
    const context = contexts['Poisson with clipping and noise']!;
    expect(inPieces(context, [steps])).toEqual(await trained(context));
  });

  it('keys do not outlive their training', () => {
    const context = contexts['shuffled']!;
    const engine = createEngine(model, sizeOf(context, data.count, undefined), loadBuild(build));
    const keys = () => [engine.randomKeyAddress(), engine.noiseKeyAddress()].map((at) => [...integers(engine, at, 8)]);
    loadTraining(engine, weightsOf(model), context, { proximalMu: 0, frozen: [], privateTensors: [] });
    expect(keys()).toEqual([[...context.random.key()], [...context.noise.keystream!().key]]);
    forgetKeys(engine);
    expect(keys().flat()).toEqual(Array.from({ length: 16 }, () => 0));
  });
});

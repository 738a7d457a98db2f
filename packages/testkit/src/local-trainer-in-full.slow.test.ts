import { FedwardError, type LocalTrainer, type TrainingPlan } from '@fedward/core';
import { assertPlanProvided } from '@fedward/core/training';
import { describe, expect, it } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenLocalTrainers } from './broken/local-trainers/all.js';
import { brokenClipping } from './broken/local-trainers/clipping.js';
import { brokenContracts } from './broken/local-trainers/contract.js';
import { brokenNoise } from './broken/local-trainers/noise.js';
import { brokenPromises } from './broken/local-trainers/promise.js';
import { brokenWishes } from './broken/local-trainers/wishes.js';
import { localTrainerCompliance } from './local-trainer.js';
import { referenceTrainer } from './reference.js';

describe('the suite of local trainers', () => {
  const suiteOf = (create: () => LocalTrainer) => localTrainerCompliance({ create });
  // Those that would make an epsilon untrue, or a promise: the slow tests hold the suite to all others.
  const gravest = { ...brokenContracts, ...brokenClipping, ...brokenNoise, ...brokenPromises, ...brokenWishes };
  expectFaultsSeen(suiteOf, referenceTrainer, gravest, 'named');

  it('passes a trainer that provides nothing and refuses all that is asked of it', async () => {
    const create = (): LocalTrainer => {
      const reference = referenceTrainer();
      return {
        ...reference,
        provides: [],
        validate: (plan) => assertPlanProvided({ name: reference.name }, plan),
        train: async (payload, data, context, signal) => {
          const asked = Object.values({ ...context.wishes, clip: context.gradientPrivacy });
          const refused = asked.some(
            (wish) => wish !== undefined && wish !== 0 && Object.keys(Object(wish)).length > 0,
          );
          if (refused || context.wishes.proximalMu) throw new FedwardError('CONFIG_INCOMPATIBLE', 'it only trains');
          return reference.train(payload, data, context, signal);
        },
      };
    };
    expect((await suiteOf(create).run()).filter(({ error }) => error)).toEqual([]);
  });

  describe('of a trainer of linear models', () => {
    const runs = ({ model: { layers, loss }, training: { optimizer } }: TrainingPlan) =>
      layers.length === 1 && layers[0]!.type === 'dense' && loss !== 'cox' && optimizer.name === 'sgd';
    const linearTrainer = (changes: Partial<LocalTrainer> = {}): LocalTrainer => ({
      ...referenceTrainer(),
      validate(plan) {
        if (!runs(plan)) throw new FedwardError('CONFIG_INCOMPATIBLE', 'it knows linear models', 'model');
      },
      ...changes,
    });
    const faultsOf = async (create: () => LocalTrainer) =>
      (await localTrainerCompliance({ create, runs }).run()).flatMap(({ name, error }) => (error ? [name] : []));

    it('passes it, and holds it to what it runs', async () => {
      expect(await faultsOf(linearTrainer)).toEqual([]);
      const still = linearTrainer({ train: async (payload) => ({ payload, steps: 1, metrics: {} }) });
      expect(await faultsOf(() => still)).toEqual(
        expect.arrayContaining([
          'training keeps the layout, and touches nothing that it was given',
          'one step follows the gradient of the softmax cross-entropy',
          'one step follows the gradient of half the squared error',
          'a gradient below the clip norm is left as it is',
          'one record more moves the sum of a step by the clip norm at most',
        ]),
      );
    });

    it('does not take what it should refuse for something that it does not run', async () => {
      const faults = await faultsOf(() => linearTrainer({ validate: () => undefined }));
      expect(faults).toContain('one step follows the gradient through several layers');
      expect(faults).toContain('Adam corrects its bias');
      expect(faults).not.toContain('one step follows the gradient of the softmax cross-entropy');
    });

    it('is made for softmax regression by SGD at least', () => {
      expect(() => localTrainerCompliance({ create: referenceTrainer, runs: () => false })).toThrow('at least');
    });
  });

  expectNoIdleCheck([suiteOf(referenceTrainer)], brokenLocalTrainers);
});

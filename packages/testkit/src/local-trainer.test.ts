import { FedwardError, type LocalTrainer } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenLocalTrainers } from './broken/local-trainers/all.js';
import { localTrainerCompliance } from './local-trainer.js';
import { referenceTrainer } from './reference.js';

describe('the suite of local trainers', () => {
  const suiteOf = (create: () => LocalTrainer) => localTrainerCompliance({ create });
  expectFaultsSeen(suiteOf, referenceTrainer, brokenLocalTrainers, 'named');

  it('passes a trainer that provides nothing and refuses all that is asked of it', async () => {
    const create = (): LocalTrainer => {
      const reference = referenceTrainer();
      return {
        ...reference,
        provides: [],
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

  expectNoIdleCheck([suiteOf(referenceTrainer)], brokenLocalTrainers);
});

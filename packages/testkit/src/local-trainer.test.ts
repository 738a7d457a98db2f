import { FedwardError, type LocalTrainer } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenLocalTrainers } from './broken/local-trainers/all.js';
import { localTrainerCompliance } from './local-trainer.js';
import { referenceTrainer } from './reference.js';

describe('the suite of local trainers', () => {
  const suiteOf = (create: () => LocalTrainer) => localTrainerCompliance({ create });
  expectFaultsSeen(suiteOf, referenceTrainer, brokenLocalTrainers, 'named');

  it('passes a trainer that provides no clipping and refuses it', async () => {
    const create = (): LocalTrainer => {
      const reference = referenceTrainer();
      return {
        ...reference,
        provides: [],
        train: async (payload, data, context, signal) => {
          if (context.gradientPrivacy) throw new FedwardError('CONFIG_INCOMPATIBLE', 'it does not clip');
          return reference.train(payload, data, context, signal);
        },
      };
    };
    expect((await suiteOf(create).run()).filter(({ error }) => error)).toEqual([]);
  });

  expectNoIdleCheck([suiteOf(referenceTrainer)], brokenLocalTrainers);
});

import type { LocalTrainer } from '@fedward/core';
import { describe } from 'vitest';
import { expectFaultsSeen } from './broken/expect.js';
import { brokenLocalTrainers } from './broken/local-trainers/all.js';
import { localTrainerCompliance } from './local-trainer.js';
import { referenceTrainer } from './reference.js';

describe('the suite of local trainers, all checks of each fault', () => {
  const suiteOf = (create: () => LocalTrainer) => localTrainerCompliance({ create });
  expectFaultsSeen(suiteOf, referenceTrainer, brokenLocalTrainers);
});

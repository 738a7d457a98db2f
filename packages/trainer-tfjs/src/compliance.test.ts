import { localTrainerCompliance } from '@fedward/testkit/local-trainer';
import { describe, it } from 'vitest';
import { backends } from './testing/problems.js';
import { tfjsTrainer } from './trainer.js';

describe.each(backends)('on %s', (backend) => {
  localTrainerCompliance({ create: () => tfjsTrainer({ backend }) }).register({ describe, it });
});

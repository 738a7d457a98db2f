import { describe, it } from 'vitest';
import { localTrainerCompliance } from './local-trainer.js';
import { referenceTrainer } from './reference.js';

localTrainerCompliance({ create: referenceTrainer }).register({ describe, it });

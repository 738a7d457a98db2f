import { localTrainerCompliance } from '@fedward/testkit/local-trainer';
import { describe, it } from 'vitest';
import { wasmTrainer } from './trainer.js';

localTrainerCompliance({ create: wasmTrainer }).register({ describe, it });

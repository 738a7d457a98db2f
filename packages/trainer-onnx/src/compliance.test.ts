import { localTrainerCompliance } from '@fedward/testkit/local-trainer';
import { describe, it } from 'vitest';
import { onnxTrainer } from './trainer.js';

localTrainerCompliance({ create: onnxTrainer }).register({ describe, it });

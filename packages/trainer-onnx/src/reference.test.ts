import { describeDpSgdStep } from '../../../tools/testing/dpsgd-step-suite.js';
import { clippedSum } from './per-example.js';
import { onnxTrainer } from './trainer.js';

describeDpSgdStep({ trainer: onnxTrainer, clippedSum });

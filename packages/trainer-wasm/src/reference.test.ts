import { describeDpSgdStep } from '../../../tools/testing/dpsgd-step-suite.js';
import { clippedSum } from './per-example.js';
import { wasmTrainer } from './trainer.js';

describeDpSgdStep({ trainer: wasmTrainer, clippedSum });

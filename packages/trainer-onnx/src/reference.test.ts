import { describeDpSgdStep } from '../../../tools/testing/dpsgd-step-suite.js';
import { clippedSum } from './testing/clipped-sum.js';
import { onnxTrainer } from './trainer.js';

describeDpSgdStep({ trainer: onnxTrainer, clippedSum });

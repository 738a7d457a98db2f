export { processTrainer, type ProcessTrainer, type ProcessTrainerOptions } from './process-trainer.js';
export type { ProcessLimits } from './start-child.js';
export type { WorkerStats } from './training-worker.js';

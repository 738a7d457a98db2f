export { wasmTrainer } from './trainer.js';
export { clippedSum, type ClippedSum } from './per-example.js';
export { multiplier, type Multiplier } from './kernels.js';

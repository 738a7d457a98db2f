export { wasmTrainer } from './trainer.js';
export { plugins } from './plugins.js';
export { clippedSum, type ClippedSum } from './per-example.js';
export { multiplier, type Multiplier } from './kernels.js';

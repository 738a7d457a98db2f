export { fedAdagrad, type FedAdagradOptions } from './fedadagrad.js';
export { fedAdam, type FedAdamOptions } from './fedadam.js';
export { fedAvgM, type FedAvgMOptions, type MomentumState } from './fedavgm.js';
export { fedYogi, type FedYogiOptions } from './fedyogi.js';
export type { AdaptiveState } from './adaptive.js';
export { plugins } from './plugins.js';

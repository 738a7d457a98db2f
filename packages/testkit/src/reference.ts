export { createNetwork, type Network } from './reference/network.js';
export { referenceTrainer } from './reference/trainer.js';

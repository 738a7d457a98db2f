import { definePlugin, type Plugin } from '@fedward/core';
import { tfjsOptions, tfjsTrainer } from './trainer.js';

/** What this package adds to a registry: the trainer `tfjs`. TensorFlow.js is loaded with the first use. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'trainer',
    name: 'tfjs',
    summary: 'TensorFlow.js, on its native library where that is installed, else on WebAssembly',
    options: tfjsOptions,
    create: tfjsTrainer,
  }),
];

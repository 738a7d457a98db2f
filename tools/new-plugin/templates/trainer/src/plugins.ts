import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginOptions, myPluginTrainer } from './my-plugin.js';

/** What this package adds to a registry: the trainer `my-plugin`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'trainer',
    name: 'my-plugin',
    summary: 'a linear model by plain gradient descent',
    options: myPluginOptions,
    create: () => myPluginTrainer(),
  }),
];

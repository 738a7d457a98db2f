import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginAggregator, myPluginOptions } from './my-plugin.js';

/** What this package adds to a registry: the aggregator `my-plugin`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'aggregator',
    name: 'my-plugin',
    summary: "the mean of the sites' changes with a server learning rate (Reddi et al. 2021)",
    options: myPluginOptions,
    create: myPluginAggregator,
  }),
];

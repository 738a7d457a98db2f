import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginAggregator, myPluginOptions } from './my-plugin.js';
import { myPluginSite } from './site.js';

/** What this package adds to a registry: the aggregator `my-plugin` with its half at the sites. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'aggregator',
    name: 'my-plugin',
    summary: 'FedAvg; each site is scored by a mix of the global model and one of its own (Mansour et al. 2020)',
    options: myPluginOptions,
    create: () => myPluginAggregator(),
    site: myPluginSite,
  }),
];

import { definePlugin, type Plugin } from '@fedward/core';
import { fedAvg, fedAvgOptions, siteOf } from './fedavg.js';
import { fedProx, fedProxOptions } from './fedprox.js';

/** What this package adds to a registry: the aggregators `fedavg` and `fedprox`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'aggregator',
    name: 'fedavg',
    summary: "the mean of the sites' changes, each counted by its number of records (McMahan et al. 2017)",
    options: fedAvgOptions,
    create: fedAvg,
    site: ({ weighting }) => siteOf('fedavg', weighting),
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'fedprox',
    summary: 'FedAvg whose sites are pulled towards the global model (Li et al. 2020)',
    options: fedProxOptions,
    create: fedProx,
    site: ({ weighting }) => siteOf('fedprox', weighting),
    flags: { 'proximal-mu': 'mu' },
  }),
];

import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginOptions, myPluginQuery } from './my-plugin.js';
import { myPluginSums } from './sums.js';

/** What this package adds to a registry: the query `my-plugin`, and the aggregator of that name that sums its answers. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'query',
    name: 'my-plugin',
    summary: 'how many records of each class there are',
    options: myPluginOptions,
    create: myPluginQuery,
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'my-plugin',
    summary: 'the sum of the answers of the query my-plugin',
    options: myPluginOptions,
    create: myPluginSums,
  }),
];

import { definePlugin, type Plugin } from '@fedward/core';
import { secureAggregation } from './mechanism.js';
import { secureAggregationOptions } from './options.js';

/** What this package adds to a registry: the mechanism `secagg`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'mechanism',
    name: 'secagg',
    summary: 'secure aggregation: the server learns the sum of the updates and no update (Bonawitz et al. 2017)',
    options: secureAggregationOptions,
    create: (options, path) => secureAggregation(options, {}, path),
  }),
];

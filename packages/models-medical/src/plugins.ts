import { definePlugin, type Plugin } from '@fedward/core';
import { featureSumsOptions, featureSumsQuery } from './screening/query.js';

/** What this package adds to a registry: the query `feature-sums`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'query',
    name: 'feature-sums',
    summary: 'sums and squares of each feature by class, by which features are screened before training',
    options: featureSumsOptions,
    create: featureSumsQuery,
  }),
];

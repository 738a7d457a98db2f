import { definePlugin, type Plugin } from '@fedward/core';
import { scaffoldOptions } from './options.js';
import { scaffold } from './scaffold.js';
import { scaffoldSite } from './site.js';

/** What this package adds to a registry: the aggregator `scaffold` with its half at the sites. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'aggregator',
    name: 'scaffold',
    summary: "each site's steps are corrected by how its gradients differ from all sites' (Karimireddy et al. 2020)",
    options: scaffoldOptions,
    create: scaffold,
    site: scaffoldSite,
    flags: { 'server-learning-rate': 'learningRate' },
  }),
];

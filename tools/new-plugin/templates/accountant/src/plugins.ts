import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginAccountant, myPluginOptions } from './my-plugin.js';

/** What this package adds to a registry: the accountant `my-plugin`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'accountant',
    name: 'my-plugin',
    summary: 'Gaussian releases without sampling, by zero-concentrated privacy (Bun and Steinke 2016)',
    options: myPluginOptions,
    create: () => myPluginAccountant(),
  }),
];

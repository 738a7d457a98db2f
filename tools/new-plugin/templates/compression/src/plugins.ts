import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginCompression, myPluginOptions } from './my-plugin.js';

/** What this package adds to a registry: the compression `my-plugin`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'compression',
    name: 'my-plugin',
    summary: 'values in steps of the largest',
    options: myPluginOptions,
    create: myPluginCompression,
  }),
];

import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginCollector, myPluginOptions } from './my-plugin.js';

/** What this package adds to a registry: the collector `my-plugin`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'collector',
    name: 'my-plugin',
    summary: 'a round ends with its first answers',
    options: myPluginOptions,
    create: myPluginCollector,
  }),
];

import { definePlugin, type Plugin } from '@fedward/core';
import { myPluginMechanism, myPluginOptions } from './my-plugin.js';

/** What this package adds to a registry: the mechanism `my-plugin`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'mechanism',
    name: 'my-plugin',
    summary: 'a whole update is clipped and noised at its site',
    options: myPluginOptions,
    create: myPluginMechanism,
  }),
];

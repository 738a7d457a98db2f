import { definePlugin } from '@fedward/core';
import { addressSchema, parseAddress } from './hub/address.js';
import { SitesOverNats } from './run/sites-over-nats.js';

/** Where the sites of a simulation answer: with workers, over a hub. */
export const sitesPlugin = definePlugin({
  kind: 'sites',
  name: 'nats',
  summary: 'sites answer in worker processes (fedward worker), over NATS JetStream',
  options: addressSchema,
  create: (options) => {
    const address = parseAddress(options);
    return (planned, { trainer }) => new SitesOverNats(planned, trainer, address);
  },
});

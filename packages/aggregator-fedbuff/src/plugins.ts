import { buffered, definePlugin, type Plugin } from '@fedward/core';
import * as z from 'zod';
import { fedBuff, fedBuffOptions } from './fedbuff.js';

/** The options of the collector. */
export const bufferedOptions = z.strictObject({
  size: z.int().min(1).describe('K: with so many updates, of whatever round, a round has enough'),
  patience: z.int().min(1).default(100).describe('for so many further rounds a hospital still at work is waited for'),
});

/** What this package adds to a registry: the aggregator `fedbuff`, and the collector `buffered` of core. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'aggregator',
    name: 'fedbuff',
    summary: 'the mean of a buffer of changes, of which older ones count less (Nguyen et al. 2022)',
    options: fedBuffOptions,
    create: fedBuff,
  }),
  definePlugin({
    kind: 'collector',
    name: 'buffered',
    summary: 'ends a round with its first K updates; who is still at work is in a later one (Nguyen et al. 2022)',
    options: bufferedOptions,
    create: buffered,
  }),
];

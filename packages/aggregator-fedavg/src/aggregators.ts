import type { Aggregator, PluginFactory } from '@fedward/core';
import { fedAvg } from './fedavg.js';
import { fedProx, type FedProxOptions } from './fedprox.js';

/** The aggregators of this package, by the name that a plan has. Each checks the options that it is given. */
export const aggregators: Readonly<Record<'fedavg' | 'fedprox', PluginFactory<Aggregator>>> = {
  fedavg: fedAvg,
  fedprox: (options, path) => fedProx(options as FedProxOptions, path),
};

import type { Aggregator } from '@fedward/core';
import { fedAvg } from './fedavg.js';
import { fedProx, type FedProxOptions } from './fedprox.js';

/** Until every host goes by `plugins`. */
export const aggregators: Readonly<Record<'fedavg' | 'fedprox', (options: unknown, path?: string) => Aggregator>> = {
  fedavg: fedAvg,
  fedprox: (options, path) => fedProx(options as FedProxOptions, path),
};

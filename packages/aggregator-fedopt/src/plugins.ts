import { definePlugin, type Plugin } from '@fedward/core';
import { fedAdagrad, fedAdagradOptions } from './fedadagrad.js';
import { fedAdam, fedAdamOptions } from './fedadam.js';
import { fedAvgM, fedAvgMOptions } from './fedavgm.js';
import { fedYogi, fedYogiOptions } from './fedyogi.js';

/** The same short option for each: a plan names one aggregator. */
const flags = { 'server-learning-rate': 'learningRate' };

/** What this package adds to a registry: the aggregators `fedavgm`, `fedadagrad`, `fedadam` and `fedyogi`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'aggregator',
    name: 'fedavgm',
    summary: 'FedAvg whose server has momentum, against rounds that pull to and fro (Hsu et al. 2019)',
    options: fedAvgMOptions,
    create: fedAvgM,
    flags: { ...flags, 'server-momentum': 'momentum' },
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'fedadagrad',
    summary: 'a step of its own for each weight, shorter from round to round (Reddi et al. 2021)',
    options: fedAdagradOptions,
    create: fedAdagrad,
    flags,
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'fedadam',
    summary: 'a step of its own for each weight, by Adam at the server (Reddi et al. 2021)',
    options: fedAdamOptions,
    create: fedAdam,
    flags,
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'fedyogi',
    summary: 'as fedadam, with steps that lengthen slowly where changes become small (Reddi et al. 2021)',
    options: fedYogiOptions,
    create: fedYogi,
    flags,
  }),
];

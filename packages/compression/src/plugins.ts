import { definePlugin, type Plugin } from '@fedward/core';
import { quantize, quantizeOptions } from './quantize.js';
import { topK, topKOptions } from './top-k.js';

/** What this package adds to a registry: the compressions `quantize` and `top-k`. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'compression',
    name: 'quantize',
    summary: 'values of 8 or 16 bits by stochastic rounding (Alistarh et al. 2017)',
    options: quantizeOptions,
    create: quantize,
    flags: { 'compression-bits': 'bits' },
  }),
  definePlugin({
    kind: 'compression',
    name: 'top-k',
    summary: 'the largest values alone, and the rest in a later update (Stich et al. 2018)',
    options: topKOptions,
    create: topK,
    flags: { 'compression-bits': 'bits', 'top-k-share': 'share' },
  }),
];

import { definePlugin, type Plugin } from '@fedward/core';
import * as z from 'zod';
import { gaussianAccountant } from './gaussian-accountant.js';
import { pldAccountant } from './pld/pld-accountant.js';
import { rdpAccountant, rdpOptions } from './rdp-accountant.js';

const kind = 'accountant';

/** The accountants of this package, for a registry. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind,
    name: 'rdp',
    summary: 'Renyi differential privacy; fast, a few percent above the tight figure (Mironov 2017)',
    options: rdpOptions,
    create: rdpAccountant,
  }),
  definePlugin({
    kind,
    name: 'pld',
    summary: 'privacy loss distributions; the tight figure, never below the true one',
    options: z.strictObject({}),
    create: () => pldAccountant(),
  }),
  definePlugin({
    kind,
    name: 'gaussian',
    summary: 'exact, for Gaussian releases without sampling (Dong, Roth and Su 2022)',
    options: z.strictObject({}),
    create: () => gaussianAccountant(),
  }),
];

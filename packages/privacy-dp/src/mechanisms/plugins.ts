import { definePlugin, type Plugin } from '@fedward/core';
import { central, centralOptions, type CentralOptions } from './central.js';
import { drafts } from './drafts.js';
import { dpFtrl, dpFtrlOptions } from './dp-ftrl.js';
import { dpSgd, dpSgdOptions } from './dp-sgd.js';
import { local, localOptions } from './local.js';
import { noisyAnswers, noisyAnswersOptions } from './noisy-answers.js';
import { tutorial041, tutorial041Options } from './tutorial-041.js';

const kind = 'mechanism';
const flags = { 'noise-multiplier': 'noiseMultiplier', 'clip-norm': 'clipNorm' };

/** The mechanisms of this package, for a registry. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind,
    name: 'dp-sgd',
    summary: 'noise on the clipped gradients of records or patients, in each step at each hospital (Abadi et al. 2016)',
    options: dpSgdOptions,
    create: dpSgd,
    flags,
    draft: drafts['dp-sgd'],
  }),
  definePlugin({
    kind,
    name: 'central',
    summary: 'noise by a trusted server on the sum of clipped updates; protects hospitals (McMahan et al. 2018)',
    options: centralOptions,
    create: (options, path) => central(options as CentralOptions, path),
    flags: { ...flags, 'clip-quantile': 'adaptive.quantile' },
    draft: drafts.central,
  }),
  definePlugin({
    kind,
    name: 'local',
    summary: "noise on a hospital's clipped update, at the hospital; nobody else is trusted",
    options: localOptions,
    create: local,
    flags,
    draft: drafts.local,
  }),
  definePlugin({
    kind,
    name: 'dp-ftrl',
    summary:
      'noise by a trusted server that takes back that of rounds before; protects hospitals (Kairouz et al. 2021)',
    options: dpFtrlOptions,
    create: dpFtrl,
    flags,
    draft: drafts['dp-ftrl'],
  }),
  definePlugin({
    kind,
    name: 'noisy-answers',
    summary: 'noise on what a query answers, at the hospital, in proportion to what one record or patient moves',
    options: noisyAnswersOptions,
    create: noisyAnswers,
    flags: { 'noise-multiplier': 'noiseMultiplier' },
  }),
  definePlugin({
    kind,
    name: 'tutorial-041',
    summary: 'the noise of tutorial 041 as it runs, for comparison, with what it truly spends',
    options: tutorial041Options,
    create: tutorial041,
    flags: { 'clip-norm': 'clipNorm' },
    draft: drafts['tutorial-041'],
  }),
];

import { definePlugin, type Plugin } from '@fedward/core';
import { chosenPrivate, chosenPrivateSite, chosenTensorsOptions } from './chosen-tensors.js';
import { ditto, dittoOptions, dittoSite } from './ditto.js';
import { fedBn, fedBnOptions, fedBnSite } from './fedbn.js';
import { fedPer, fedPerOptions, fedPerSite } from './fedper.js';
import { fineTuning, fineTuningOptions, fineTuningSite } from './fine-tuning.js';

/** What this package adds to a registry: aggregators with a half at the sites, which makes a personal model there. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'aggregator',
    name: 'fine-tuning',
    summary: 'FedAvg whose model each site trains a little further for itself (Wang et al. 2019)',
    options: fineTuningOptions,
    create: fineTuning,
    site: fineTuningSite,
    flags: { 'personal-steps': 'steps' },
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'private-tensors',
    summary: 'FedAvg whose sites keep the tensors that are named to themselves (Pillutla et al. 2022)',
    options: chosenTensorsOptions,
    create: chosenPrivate,
    site: chosenPrivateSite,
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'fedper',
    summary: 'FedAvg of the first layers; each site keeps its own last ones (Arivazhagan et al. 2019)',
    options: fedPerOptions,
    create: fedPer,
    site: fedPerSite,
    flags: { 'private-layers': 'layers' },
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'fedbn',
    summary: 'FedAvg of all but normalisation layers, of which each site keeps its own (Li et al. 2021)',
    options: fedBnOptions,
    create: fedBn,
    site: fedBnSite,
  }),
  definePlugin({
    kind: 'aggregator',
    name: 'ditto',
    summary: 'FedAvg; beside it each site trains a model of its own that is pulled to the global one (Li et al. 2021)',
    options: dittoOptions,
    create: ditto,
    site: dittoSite,
    flags: { 'ditto-lambda': 'lambda', 'personal-steps': 'steps' },
  }),
];

import { digestJson } from '@fedward/core';
import { limits } from '../run/limits.js';
import { allUsed } from '@fedward/kit-tables';
import type { DataRecipe } from './data-recipe.js';
import { SimulatedData } from './recipe.js';
import type { Hospital, Scenario, ScenarioDefaults } from './scenario.js';
import { imageClasses, imageSize, imagesPerClient, makeImages } from './simulated-images.js';

const batchSize = 10;

const open: ScenarioDefaults = {
  model: 'logistic',
  rounds: 100,
  cohort: 10,
  batches: { kind: 'shuffle', size: batchSize, epochs: 1 },
  optimizer: { name: 'sgd', learningRate: 0.03 },
  clipNorm: 1,
  noiseMultiplier: 1,
  delta: 1e-5,
};

const private_: ScenarioDefaults = {
  ...open,
  batches: {
    kind: 'poisson',
    probability: batchSize / imagesPerClient,
    steps: imagesPerClient / batchSize,
    expectedSize: batchSize,
  },
};

/**
 * The shape of the comparison in the README of FLUTE (Microsoft): logistic regression, 784 inputs, 10 classes, 60
 * records a client, 10 clients a round, batch 10, 1 epoch, 100 rounds, SGD at 0.03. Any number of clients: a client's
 * data are made when it is asked, and let go.
 */
export const manyClients: Scenario = {
  name: 'many-clients',
  description: 'any number of small simulated clients with 60 images each, 10 of them asked in a round',
  needsData: false,
  mostHospitals: limits.hospitals,
  privacy: null,
  defaults: (needs) => (needs?.batches === 'poisson' ? private_ : open),
  load: async ({ seed, hospitals = 1000 }) => {
    const recipeOf = (index: number): DataRecipe => ({ maker: 'simulated-images', seed, index });
    const test = { count: 1000, featureShape: [imageSize], ...makeImages(recipeOf(-1)) };
    return {
      ids: Array.from({ length: hospitals }, (_, index) => `client-${index}`),
      hospital: (id): Hospital => ({
        id,
        train: new SimulatedData(
          recipeOf(Number(id.slice('client-'.length))),
          imagesPerClient,
          [imageSize],
          makeImages,
        ),
        test,
        rows: allUsed(imagesPerClient),
      }),
      tabulated: false,
      test,
      inputShape: [imageSize],
      classes: imageClasses,
      labelName: { name: 'label' },
      classNames: Array.from({ length: imageClasses }, (_, c) => String(c)),
      inputs: {
        schema: null,
        split: { by: 'drawn apart' },
        preprocessing: { scale: 'none' },
        hospitals: [{ id: `client-0 to client-${hospitals - 1}`, data: digestJson(recipeOf(0)) }],
      },
    };
  },
};

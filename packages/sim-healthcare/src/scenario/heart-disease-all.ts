import { FedwardError } from '@fedward/core';
import { heartDiseaseAllSchema, heartDiseaseCsv, loadHeartDisease } from '@fedward/data-medical';
import { digestOfRecords } from './data-digest.js';
import { populationOf } from './population.js';
import { rawHeartDisease } from './raw-files.js';
import { told, withGroups } from './told.js';
import type { Scenario } from './scenario.js';

/** The same four hospitals with all 920 patients and all 13 columns: what is missing is learned over the federation. */
export const heartDiseaseAll: Scenario = {
  name: 'heart-disease-all',
  description: 'UCI heart disease, all 920 patients and 13 columns, missing values filled in over the federation',
  needsData: true,
  privacy: null,
  defaults: () => ({
    ...{ model: 'logistic', rounds: 100, clipNorm: 1, noiseMultiplier: 4, delta: 1e-3 },
    batches: { kind: 'shuffle', size: 16, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  }),
  async load({ dataDir, seed, splitSecret, priced }) {
    if (!dataDir)
      throw new FedwardError('FILE_NOT_FOUND', 'heart-disease-all needs --data DIR (or FEDWARD_DATA)', '--data');
    if (priced !== undefined)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `heart-disease-all: what is missing is learned from sums that tell of every ${priced}, and no epsilon pays for them: ` +
          'use --scenario heart-disease',
        '--scenario',
      );
    const hospitals = await loadHeartDisease(dataDir, {
      ...{ rows: 'all', seed },
      ...(splitSecret && { splitKey: splitSecret }),
    });
    const [first, ...others] = hospitals.map(({ test }) => test);
    const test = first!.concat(...others);
    return populationOf(withGroups(hospitals), {
      test,
      inputShape: test.featureShape,
      classes: 2,
      ...told(heartDiseaseAllSchema, test, { csv: heartDiseaseCsv }),
      inputs: {
        schema: null,
        split: { by: 'record', testRecords: digestOfRecords(test) },
        preprocessing: { scale: 'public constants', missing: 'ridge, over the federation' },
        hospitals: hospitals.map(({ id, train, test: own }) => ({ id, data: digestOfRecords(train, own) })),
      },
      notices: [
        'Each hospital told the others before the first round: sums by which missing values are learned, over its training part.',
      ],
    });
  },
  raw: async (options) => rawHeartDisease(options, heartDiseaseAllSchema),
};

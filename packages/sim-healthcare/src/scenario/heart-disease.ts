import { FedwardError } from '@fedward/core';
import { heartDiseaseCsv, heartDiseaseMarkedSchema, loadHeartDisease, type HospitalData } from '@fedward/data-medical';
import { declaredScalings } from '@fedward/kit-tables';
import { defaultPlugins } from '../plugins/catalogue.js';
import { digestOfRecords } from './data-digest.js';
import { populationOf } from './population.js';
import { rawHeartDisease } from './raw-files.js';
import { regrouped } from './regroup.js';
import { told, withGroups } from './told.js';
import { withoutHospitals } from './left-out.js';
import type { LoadOptions, Scenario, ScenarioDefaults } from './scenario.js';
import { splitKeyOf } from './split-key.js';

const common = {
  model: 'logistic',
  initialWeights: 'zeros',
  clipNorm: 1,
  noiseMultiplier: 4,
  delta: 1e-3,
} as const;

/**
 * As cross-validation within the training parts chooses (`fedward bench flamby --choose`, which never looks at a test part):
 * every record in each step, so that nothing hangs on a draw, and each hospital alike, so that Cleveland does not decide alone.
 */
const open: ScenarioDefaults = {
  ...common,
  rounds: 128,
  batches: { kind: 'shuffle', size: 1024, epochs: 1 },
  optimizer: { name: 'sgd', learningRate: 0.5 },
  aggregator: { name: defaultPlugins.aggregator, options: { weighting: 'equal' } },
};

const private_: ScenarioDefaults = {
  ...common,
  rounds: 15,
  // All records in each of few steps: of 30 to 199 there are none to spare, and a sample's noise is the same as theirs.
  batches: { kind: 'poisson', probability: 1, steps: 1, expectedSize: 120 },
  optimizer: { name: 'sgd', learningRate: 0.5 },
  mostNoise: 0.1,
};

/** Cleveland, Budapest, Zurich and Basel, Long Beach: FLamby's Fed-Heart-Disease. */
export const heartDisease: Scenario = {
  name: 'heart-disease',
  description: 'UCI heart disease, four real hospitals, 740 patients (Fed-Heart-Disease)',
  needsData: true,
  leavesOut: true,
  privacy: null,
  defaults: (needs) => (needs?.batches === 'poisson' ? private_ : open),
  async load(options) {
    const hospitals = await hospitalsOf(options);
    const [first, ...others] = hospitals.map(({ test }) => test);
    const test = first!.concat(...others);
    return populationOf(withGroups(hospitals), {
      test,
      inputShape: test.featureShape,
      classes: 2,
      ...told(heartDiseaseMarkedSchema, test, { csv: heartDiseaseCsv }),
      intake: {
        scalings: declaredScalings(heartDiseaseMarkedSchema),
        // By FLamby's split, which names the records that are tested on. Without its file a third are, and an audit sees less.
        isTrainedOn: () => true,
        join: (more) => heartDisease.load({ ...options, joining: more }),
      },
      inputs: {
        schema: null,
        // FLamby's, where its file is beside the data, so that the split is told by what came of it.
        split: { by: 'record', testRecords: digestOfRecords(test) },
        preprocessing: { scale: 'public constants' },
        hospitals: hospitals.map(({ id, train, test }) => ({ id, data: digestOfRecords(train, test) })),
      },
    });
  },
  // Each record is scaled by itself, by public constants: it is the same in each fold.
  fold: async (options, fold) => regrouped(await hospitalsOf(options), fold, splitKeyOf(options, '')),
  raw: async (options) => rawHeartDisease(options, heartDiseaseMarkedSchema),
};

async function hospitalsOf(options: LoadOptions): Promise<readonly HospitalData[]> {
  const { dataDir, seed, splitSecret, joining } = options;
  if (!dataDir) throw new FedwardError('FILE_NOT_FOUND', 'heart-disease needs --data DIR (or FEDWARD_DATA)', '--data');
  const hospitals = await loadHeartDisease(dataDir, {
    cholesterol: 'marked',
    seed,
    ...(splitSecret && { splitKey: splitSecret }),
    ...(joining && { joining }),
  });
  // Each was prepared by itself, by public constants.
  return withoutHospitals(hospitals, options);
}

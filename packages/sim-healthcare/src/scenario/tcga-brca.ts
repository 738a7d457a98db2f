import { FedwardError } from '@fedward/core';
import { loadTcgaBrca, tcgaBrcaCsv, tcgaBrcaSchema, type TcgaBrca } from '@fedward/data-medical';
import { digestOfRecords } from './data-digest.js';
import { withoutHospitals } from './left-out.js';
import { populationOf } from './population.js';
import { rawFile } from './raw-files.js';
import { regrouped } from './regroup.js';
import type { LoadOptions, Scenario, ScenarioDefaults } from './scenario.js';
import { splitKeyOf } from './split-key.js';
import { told, withGroups } from './told.js';

/** Under noise: the batches and the rate of FLamby's FedAvg. Of a hospital's 40 to 248 patients an epoch is 5 to 31 steps. */
const private_: ScenarioDefaults = {
  ...{ model: 'cox', rounds: 10, clipNorm: 1, noiseMultiplier: 2, delta: 1e-3 },
  batches: { kind: 'shuffle', size: 8, epochs: 1 },
  optimizer: { name: 'sgd', learningRate: 0.1 },
};

/**
 * As cross-validation within the training parts chooses (`fedward bench flamby --choose`, which never looks at a test part).
 * All patients of a hospital are in each step, and so in each risk set.
 */
const open: ScenarioDefaults = {
  ...private_,
  rounds: 80,
  batches: { kind: 'shuffle', size: 1024, epochs: 1 },
  optimizer: { name: 'sgd', learningRate: 0.5 },
  initialWeights: 'zeros',
};

/** Breast cancer in The Cancer Genome Atlas, by region of who sent the tissue: FLamby's Fed-TCGA-BRCA. */
export const tcgaBrca: Scenario = {
  name: 'tcga-brca',
  description: 'survival of 1,088 patients with breast cancer in six regions (Fed-TCGA-BRCA)',
  needsData: true,
  leavesOut: true,
  privacy: null,
  defaults: (needs) => (needs ? private_ : open),
  async load(options) {
    const { hospitals, unused } = await loaded(options);
    const [first, ...others] = hospitals.map(({ test }) => test);
    const test = first!.concat(...others);
    return populationOf(withGroups(hospitals), {
      test,
      inputShape: test.featureShape,
      classes: 1,
      label: tcgaBrcaSchema.label.kind,
      ...told(tcgaBrcaSchema, test, { csv: tcgaBrcaCsv }),
      inputs: {
        schema: null,
        // FLamby's, where its file is beside the data, so that the split is told by what came of it.
        split: { by: 'patient', testRecords: digestOfRecords(test) },
        preprocessing: { scale: 'public constants' },
        hospitals: hospitals.map(({ id, train, test: own }) => ({ id, data: digestOfRecords(train, own) })),
      },
      notices: [`${unused} patients of brca.csv are at none of the six regions and are not used.`],
    });
  },
  // Each record is scaled by itself, by public constants: it is the same in each fold.
  fold: async (options, fold) => regrouped((await loaded(options)).hospitals, fold, splitKeyOf(options, '')),
  raw: async (options) => rawFile(options, tcgaBrcaSchema, 'tcga-brca', 'brca.csv'),
};

async function loaded(options: LoadOptions): Promise<TcgaBrca> {
  const { dataDir, seed, splitSecret } = options;
  if (!dataDir) throw new FedwardError('FILE_NOT_FOUND', 'tcga-brca needs --data DIR (or FEDWARD_DATA)', '--data');
  const found = await loadTcgaBrca(dataDir, { seed, ...(splitSecret && { splitKey: splitSecret }) });
  return { ...found, hospitals: withoutHospitals(found.hospitals, options) };
}

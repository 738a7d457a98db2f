import { FedwardError, type PrivacyUnit } from '@fedward/core';
import { loadParkinsons, parkinsonsSchema, type HospitalData } from '@fedward/data-medical';
import { digestOfRecords } from './data-digest.js';
import { populationOf } from './population.js';
import { withoutHospitals } from './left-out.js';
import { rawFile } from './raw-files.js';
import { regrouped } from './regroup.js';
import { told, withGroups } from './told.js';
import type { LoadOptions, PrivacyNeeds, Scenario, ScenarioDefaults } from './scenario.js';
import { splitKeyOf } from './split-key.js';

/** Of a hospital's training part, as the study was published: 42 patients and 5,875 recordings, a quarter for testing. */
const nominal = { patient: 7.5, record: 1050 } as const;

const open: ScenarioDefaults = {
  model: 'linear',
  rounds: 20,
  batches: { kind: 'shuffle', size: 64, epochs: 1 },
  optimizer: { name: 'sgd', learningRate: 0.01 },
  clipNorm: 10,
  noiseMultiplier: 4,
  delta: 1e-3,
};

/** Of each unit in each step, whatever the unit: the same noise then costs the same epsilon, which speaks of another. */
const probability = 0.5;
/** A patient's gradient is the sum of 140, and is all but always cut to the clip norm; a record's is not. */
const learningRate = { patient: 0.05, record: 0.2 } as const;

function private_(unit: keyof typeof nominal): ScenarioDefaults {
  return {
    ...open,
    batches: { kind: 'poisson', probability, steps: 5, expectedSize: Math.round(probability * nominal[unit]) },
    optimizer: { name: 'sgd', learningRate: learningRate[unit] },
  };
}

function defaults(needs: PrivacyNeeds | null, unit: PrivacyUnit = 'record'): ScenarioDefaults {
  return needs?.batches === 'poisson' && unit !== 'hospital' ? private_(unit) : open;
}

/** Recordings of 42 patients' voices, about 140 of each: where it matters whether a record or a patient is protected. */
export const parkinsons: Scenario = {
  name: 'parkinsons',
  description: "Parkinson's telemonitoring: total UPDRS from 5,875 voice recordings of 42 patients, at four hospitals",
  needsData: true,
  leavesOut: true,
  privacy: null,
  defaults,
  async load(options) {
    const hospitals = await hospitalsOf(options);
    const [first, ...others] = hospitals.map(({ test }) => test);
    const test = first!.concat(...others);
    return populationOf(withGroups(hospitals), {
      test,
      inputShape: test.featureShape,
      classes: 1,
      ...told(parkinsonsSchema('total_UPDRS'), test),
      inputs: {
        schema: null,
        split: { by: 'patient', testFraction: 0.25 },
        preprocessing: { scale: 'public constants' },
        hospitals: hospitals.map(({ id, train, test }) => ({ id, data: digestOfRecords(train, test) })),
      },
    });
  },
  // Each recording is scaled by itself, by public constants: it is the same in each fold.
  fold: async (options, fold) => regrouped(await hospitalsOf(options), fold, splitKeyOf(options, '')),
  raw: async (options) =>
    rawFile(options, parkinsonsSchema('total_UPDRS'), 'parkinsons-telemonitoring', 'parkinsons_updrs.data'),
};

async function hospitalsOf(options: LoadOptions): Promise<readonly HospitalData[]> {
  const { dataDir, seed } = options;
  if (!dataDir) throw new FedwardError('FILE_NOT_FOUND', 'parkinsons needs --data DIR (or FEDWARD_DATA)', '--data');
  return withoutHospitals(await loadParkinsons(dataDir, { seed }), options);
}

import { defaultPlugins } from '../plugins/catalogue.js';
import { parseWith } from '@fedward/core';
import {
  createMedicalDataset,
  declaredPreprocessing,
  tutorialHospitals,
  type HospitalData,
  type RawRecord,
  type WithPreprocessing,
} from '@fedward/data-medical';
import { tableSchema } from '@fedward/kit-tables';
import { digestOfRecords } from './data-digest.js';
import { withoutHospitals } from './left-out.js';
import { withLabelNoise } from './label-noise.js';
import { populationOf } from './population.js';
import { regrouped } from './regroup.js';
import type { Intake, LoadOptions, Scenario, ScenarioDefaults } from './scenario.js';
import { splitKeyOf } from './split-key.js';

/** The tutorial speaks of 350 patients a hospital; hospitals have 200 to 499. A public constant. */
const nominalPatients = 350;
const batchSize = 32;
const epochs = 3;
const stepsPerRound = epochs * Math.ceil(nominalPatients / batchSize);

/** The tutorial's noise is sqrt(2 ln(1.25 / 1e-5)) = 4.845 times the clip norm, whatever the mechanism. */
const common = { rounds: 30, clipNorm: 1, noiseMultiplier: 4.845, delta: 1e-5 };

const asTheTutorial: ScenarioDefaults = {
  ...common,
  model: 'mlp',
  batches: { kind: 'shuffle', size: batchSize, epochs },
  optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
};

/** Without noise the tutorial's rate overfits within 30 rounds (its own program does too): a third of it. */
const withoutNoise: ScenarioDefaults = {
  ...asTheTutorial,
  optimizer: { name: 'adam', learningRate: 0.0003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
};

/** As many steps as the tutorial's, and short ones: their noise adds up with the way that they go. */
const private_: ScenarioDefaults = {
  ...common,
  model: 'logistic-scaled',
  batches: {
    kind: 'poisson',
    probability: batchSize / nominalPatients,
    steps: stepsPerRound,
    expectedSize: batchSize,
  },
  optimizer: { name: 'sgd', learningRate: 0.06 },
};

/** Whole updates are protected, so that a hospital trains as it would alone. */
const wholeUpdates: ScenarioDefaults = {
  ...common,
  model: 'logistic',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  rounds: 5,
  batches: { kind: 'shuffle', size: batchSize, epochs },
  clipNorm: 0.5,
  noiseMultiplier: 1,
};

/** One hospital a round, each in four rounds; the noise multiplier is that of all of them. */
const inTurn: ScenarioDefaults = { ...wholeUpdates, rounds: 20, noiseMultiplier: 0.3 };

function withRecords<H extends HospitalData>(hospital: H, records: readonly RawRecord[] = []): H {
  if (records.length === 0) return hospital;
  const { name, schema, classes } = hospital.train;
  const more = createMedicalDataset({
    name,
    features: Float32Array.from(records.flatMap(({ features }) => [...features])),
    labels: records.map(({ label }) => label),
    schema: schema!,
    classes: classes!,
  });
  return { ...hospital, train: hospital.train.concat(more) };
}

/** Nothing is done to a record. */
function asRecorded<H extends HospitalData>(hospitals: readonly H[]): (H & WithPreprocessing)[] {
  const { schema, classes } = hospitals[0]!.train;
  const label = { name: 'disease', kind: 'class', classes: classes!.map((name, value) => ({ name, values: [value] })) };
  const preprocessing = declaredPreprocessing(
    parseWith(tableSchema, { columns: schema!, label }, 'the schema of tutorial'),
  );
  return hospitals.map((hospital) => ({ ...hospital, preprocessing }));
}

/** Five simulated hospitals with different sizes and prevalence: tutorial 041. */
export const tutorial: Scenario = {
  name: 'tutorial',
  description: 'five simulated hospitals, 100 features, 10 of them disease markers (tutorial 041)',
  needsData: false,
  // All are in memory, with a third of a megabyte each.
  mostHospitals: 1000,
  leavesOut: true,
  takesLabelNoise: true,
  privacy: defaultPlugins.mechanism,
  defaults(needs) {
    if (!needs) return withoutNoise;
    if (needs.unit === 'hospital') return needs.cohort === 'cyclic' ? inTurn : wholeUpdates;
    return needs.batches === 'shuffle' ? asTheTutorial : private_;
  },
  load: async (load) => {
    const { seed, hospitals, joining, labelNoise } = load;
    const { hospitals: drawn, test } = drawnBy({ seed, hospitals });
    const { hospitals: noisy, notices } = withLabelNoise(drawn, labelNoise, seed);
    const all = withoutHospitals(noisy, load);
    const inputs = {
      schema: null,
      split: { by: 'drawn apart' },
      preprocessing: {
        scale: 'none',
        ...(labelNoise && { labelNoise: { rate: labelNoise.rate, hospitals: labelNoise.hospitals ?? null } }),
      },
      // Each is drawn from the seed, whatever the number of hospitals.
      hospitals: all.map(({ id, train }) => ({ id, data: digestOfRecords(train) })),
    };
    // Nothing is done to them, and the test parts are drawn apart.
    const intake: Intake = {
      scalings: Array.from(test.featureNames, () => undefined),
      isTrainedOn: () => true,
      join: (more) => tutorial.load({ ...load, joining: more }),
    };
    const joined = joining ? all.map((hospital) => withRecords(hospital, joining.get(hospital.id))) : all;
    const told = { labelName: { name: 'disease' }, classNames: test.classes! };
    const about = { test, inputShape: test.featureShape, classes: 2, ...told, inputs, intake };
    return populationOf(asRecorded(joined), { ...about, ...(notices.length > 0 && { notices }) });
  },
  // The patients who are tested on in a run are drawn apart: they are no hospital's, and take no part.
  fold: (options, fold) => {
    const hospitals = withoutHospitals(drawnBy(options).hospitals, options).map(({ id, train }) => ({ id, train }));
    return Promise.resolve(regrouped(hospitals, fold, splitKeyOf(options, '')));
  },
};

function drawnBy({ seed, hospitals }: Pick<LoadOptions, 'seed' | 'hospitals'>) {
  return tutorialHospitals({ seed, hospitalTestPatients: 500, ...(hospitals !== undefined && { hospitals }) });
}

import { FedwardError } from '@fedward/core';
import { readStudySchema } from '@fedward/data-medical';
import { defaultModelFor } from '@fedward/models-medical';
import type { LoadOptions, Population, PrivacyNeeds, Scenario, ScenarioDefaults } from '../scenario.js';
import { schemaIn } from './folder.js';
import type { Study } from './hospitals.js';
import { loadStudy } from './load.js';
import { rawOfStudy } from './raw.js';
import { studyFold } from './study-fold.js';

/** The caller's own data, of any format that is known, as a schema says. */
export const study: Scenario = {
  name: 'study',
  description: 'your own data: a schema, and a file or folder a hospital, or one table that is parted (--partition)',
  needsData: true,
  takesSchema: true,
  takesPartition: true,
  leavesOut: true,
  takesOptOuts: true,
  privacy: null,
  defaults: (needs, _unit, population) => defaultsOf(needs, population),
  load: async (options) => loadStudy(await studyOf(options), options),
  fold: async (options, fold) => studyFold(await studyOf(options), options, fold),
  raw: async (options) => rawOfStudy(await studyOf(options)),
};

async function studyOf({ dataDir, schemaFile }: LoadOptions): Promise<Study> {
  if (!dataDir) throw new FedwardError('FILE_NOT_FOUND', '--data: name the folder or file of the data', '--data');
  const file = schemaFile ?? (await schemaIn(dataDir));
  return { study: await readStudySchema(file), file, path: dataDir };
}

/** The same under its first name, when CSV was all that was read. */
export const csv: Scenario = { ...study, name: 'csv', description: 'the older name of study' };

function defaultsOf(needs: PrivacyNeeds | null, population: Population | undefined): ScenarioDefaults {
  return {
    model: modelFor(population, needs?.batches === 'poisson'),
    rounds: 30,
    batches:
      needs?.batches === 'poisson'
        ? { kind: 'poisson', probability: 0.1, steps: 10, expectedSize: 16 }
        : { kind: 'shuffle', size: 16, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.05 },
    clipNorm: 1,
    noiseMultiplier: 2,
    delta: 1e-5,
  };
}

/** The model to begin with for what is to be told of what. */
function modelFor(population: Population | undefined, isPrivate: boolean): string {
  if (!population) return 'logistic';
  const { inputShape, classes, label } = population;
  const model = defaultModelFor({ inputShape, classes, ...(label && { label }) }, isPrivate);
  return model === 'logistic-scaled' ? 'logistic' : model;
}

import { didYouMean, FedwardError } from '@fedward/core';
import { heartDisease } from './heart-disease.js';
import { heartDiseaseAll } from './heart-disease-all.js';
import { manyClients } from './many-clients.js';
import { parkinsons } from './parkinsons.js';
import { ecg } from './published/ecg.js';
import { heartFailure } from './published/heart-failure.js';
import { leukemia } from './published/leukemia.js';
import { pneumonia } from './published/pneumonia.js';
import { wdbc } from './published/wdbc.js';
import type { Scenario } from './scenario.js';
import { csv, study } from './study/study.js';
import { tcgaBrca } from './tcga-brca.js';
import { tutorial } from './tutorial.js';

/** What `fedward simulate --scenario` knows, in the order in which it is listed. */
export const scenarios: readonly Scenario[] = [
  ...[tutorial, heartDisease, heartDiseaseAll, tcgaBrca, parkinsons],
  ...[pneumonia, ecg, leukemia, wdbc, heartFailure],
  ...[study, csv, manyClients],
];

/** @throws {FedwardError} CONFIG_INVALID naming those that there are */
export function findScenario(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario) return scenario;
  const names = scenarios.map((there) => there.name);
  throw new FedwardError(
    'CONFIG_INVALID',
    `--scenario: there is no scenario ${name}; there are ${names.join(', ')}${didYouMean(name, names)}`,
    '--scenario',
  );
}

import { analyticGaussianNoiseMultiplier } from '../gaussian-profile.js';
import type { ProposedStudy } from './propose.js';
import type { CheckedStudy } from './study.js';

/**
 * Signal-to-noise ratios of a run below which little and nothing is learned, as measured on the scenarios `tutorial` and
 * `heart-disease` (docs/using-privacy.md).
 */
const enough = 6;
const hopeless = 2;

/** An epsilon above this is a weak guarantee (Ponomareva et al. 2023, who call 10 the end of the reasonable). */
const weakEpsilon = 10;

/** What is wrong with a study, and what would help. */
export function warningsOf({ study, signal, patientEpsilon }: ProposedStudy): string[] {
  const { epsilon, delta, patients, hospitals, recordsPerPatient } = study;
  const everybody = patients * hospitals;
  const warnings: string[] = [];
  if (signal.run < enough)
    warnings.push(
      `${signal.run < hopeless ? 'this will not learn' : 'this will lose much accuracy'}: signal to noise of the run is ` +
        `${signal.run.toPrecision(2)}, and ${enough} is about enough. ${remedies(study)}`,
    );
  if (delta > 1 / everybody)
    warnings.push(
      `delta ${delta} is more than 1 / ${everybody} (one in all patients): publishing a patient outright would be ` +
        'within it. Choose a smaller delta',
    );
  else if (delta > 0.1 / everybody)
    warnings.push(
      `delta ${delta} is not well below 1 / ${everybody} (one in all patients); ${tenth(everybody)} would be a tenth`,
    );
  if (patientEpsilon !== undefined)
    warnings.push(
      `this protects single records. All ${recordsPerPatient} of a patient together have epsilon ` +
        `${Number.isFinite(patientEpsilon) ? Math.ceil(patientEpsilon * 100) / 100 : 'unbounded'} at delta ${delta} ` +
        '(unit: patient, adjacency: add-or-remove-one, accountant: rdp of a mixture of Gaussians or exact Gaussian, ' +
        'same sampling). Choose --unit patient',
    );
  if (epsilon > weakEpsilon)
    warnings.push(
      `epsilon ${epsilon} is a weak guarantee: the odds of a conclusion may change by a factor of ` +
        `${epsilon < 14 ? Math.ceil(Math.exp(epsilon)) : 'more than a million'}`,
    );
  return warnings;
}

/** What alone would bring the signal to what is enough. With everybody in each step it is units x mu sqrt(H / P). */
function remedies({ epsilon, delta, hospitals, parameters, units, patients, unit }: CheckedStudy): string {
  const mu = 1 / analyticGaussianNoiseMultiplier(epsilon, delta);
  const manyMore = Math.ceil((patients / units) * (enough / mu) * Math.sqrt(parameters / hospitals));
  const fewer = Math.floor(hospitals * ((units * mu) / enough) ** 2);
  const smaller = fewer >= 2 ? `a model of at most ${fewer} parameters` : '';
  const simpler = parameters > 1000 ? 'logistic regression in place of a network' : '';
  const helps = [`${manyMore} patients at each hospital`, smaller, simpler, 'a larger epsilon', 'more hospitals'];
  const unused = unit === 'patient' ? '. More records of the same patients do not help' : '';
  return `Any of these helps: ${helps.filter((help) => help !== '').join(', ')}${unused}`;
}

function tenth(everybody: number): string {
  return (0.1 / everybody).toPrecision(1);
}

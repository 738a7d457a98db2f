import type { PrivacyStatement } from '@fedward/core';
import type { Population } from '../scenario/scenario.js';
import type { PatientExposure } from './patient-exposure.js';

/**
 * What a result holds only because a simulation has all data, in words: all of it was computed from patients, and no
 * epsilon covers any of it.
 */
export function notReleasedOf(
  {
    tabulated,
    inputs,
    notices = [],
    ids,
    hospital,
  }: Pick<Population, 'tabulated' | 'inputs' | 'notices' | 'ids' | 'hospital'>,
  { withheld }: Pick<PrivacyStatement, 'withheld'>,
  patient: PatientExposure | undefined,
  foundLabelNoise = false,
  simulationOnly = false,
): string[] {
  // Where neighbours have the same number of records it is the weight of an update, and so released.
  const number = withheld.includes('number of records') ? 'number of records, ' : '';
  const fittedAlone = tabulated && ids.some((id) => (hospital(id).preprocessing?.fittedOn ?? 'nothing') !== 'nothing');
  return [
    'metrics of each round and of the final model, on test parts pooled by the simulation, which are in the log too, and ' +
      'what is warned of',
    `the evaluation of the final model${tabulated ? ', by hospital and by group of patients, and of those that were trained alone' : ''}`,
    ...(tabulated ? [`metrics, ${number}rows read and left out of each hospital, and its data sheet`] : []),
    ...(fittedAlone ? ['by what each hospital prepares its own records, which is in preprocessing.json'] : []),
    ...(patient ? ['how many records the patient with the most has, and the epsilon of that patient'] : []),
    ...(notices.length > 0 ? ['what is noticed of the data, such as patient ids that two hospitals share'] : []),
    ...(foundLabelNoise ? ['how many labels of each hospital are doubted, by a model that the others trained'] : []),
    ...(simulationOnly
      ? [
          `what is computed once a run is over and goes where the model goes, since this simulation's noise protects nobody: the figures in ` +
            `the model's file and its cards${fittedAlone ? ', and by what each hospital prepares its own records' : ''}`,
        ]
      : []),
    'how long training took, and in how many steps',
    ...(inputs ? ["digests of each hospital's data, which are in plan.json"] : []),
  ];
}

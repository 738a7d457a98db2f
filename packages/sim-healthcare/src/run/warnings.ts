import { largest, type Metrics, type TrainingData } from '@fedward/core';
import { droppedMany, rowsText } from '../report/rows-text.js';
import type { Population } from '../scenario/scenario.js';

/** What a reader of a result would wrongly conclude without a word. */
export interface ResultWarning {
  /** Codes are only ever added. */
  readonly code:
    | 'WORSE_THAN_MEAN'
    | 'BELOW_MAJORITY'
    | 'NOT_ABOVE_MAJORITY'
    | 'RARE_CLASS'
    | 'SMALL_TEST'
    | 'ONE_CLASS'
    | 'ROWS_DROPPED';
  /** A sentence. */
  readonly message: string;
  /** Where it is about one. */
  readonly hospital?: string;
}

/** Patients of a test part below which a single one of them moves an accuracy by more than three points. */
const fewPatients = 30;
/** Share of the most common class from which on an accuracy by itself tells next to nothing. */
const mostAreOne = 0.9;

/** @param final metrics of the global model on the pooled test part */
export function warningsOf(population: Population, final: Metrics): ResultWarning[] {
  const { test, classes, tabulated, ids } = population;
  return [
    ...(classes > 1 ? aboutAccuracy(test, classes, final) : aboutValues(final)),
    ...smallTest(test, 'The pooled test part', classes),
    ...(tabulated ? ids.flatMap((id) => aboutHospital(population, id)) : []),
  ];
}

function aboutValues({ rSquared }: Metrics): ResultWarning[] {
  if (rSquared === undefined || rSquared >= 0) return [];
  const message =
    `R² is ${rSquared.toFixed(2)}: on the pooled test part the model is worse than giving the mean of these values to ` +
    'everyone. It has learned nothing that can be used there.';
  return [{ code: 'WORSE_THAN_MEAN', message }];
}

function aboutAccuracy({ labels }: TrainingData, classes: number, { accuracy }: Metrics): ResultWarning[] {
  if (accuracy === undefined || labels.length === 0) return [];
  const share = largest(countsOf(labels, classes)) / labels.length;
  const always = `${percent(share)} of the pooled test part are of one class, so that always saying that class reaches an accuracy of ${percent(share)}`;
  const warnings: ResultWarning[] = [];
  if (accuracy < share)
    warnings.push({
      code: 'BELOW_MAJORITY',
      message: `Accuracy ${percent(accuracy)} is worse than no model: ${always}.`,
    });
  // Two standard errors of the accuracy that always saying one class has.
  else if (accuracy - share <= 2 * Math.sqrt((share * (1 - share)) / labels.length))
    warnings.push({
      code: 'NOT_ABOVE_MAJORITY',
      message: `Accuracy ${percent(accuracy)} is not clearly better than no model: ${always}.`,
    });
  if (share >= mostAreOne && share < 1)
    warnings.push({
      code: 'RARE_CLASS',
      message: `Accuracy says little here: ${percent(share)} of the pooled test part are of one class. Look at the AUROC.`,
    });
  if (share === 1)
    warnings.push({
      code: 'ONE_CLASS',
      message:
        'The pooled test part has patients of one class only: no accuracy tells whether the classes are told apart.',
    });
  return warnings;
}

function aboutHospital({ hospital, classes }: Population, hospitalId: string): ResultWarning[] {
  const { train, test, rows } = hospital(hospitalId);
  const warnings = smallTest(test, `The test part of ${hospitalId}`, classes);
  if (classes > 1)
    for (const [name, { labels }] of [
      ['training', train],
      ['test', test],
    ] as const)
      if (countsOf(labels, classes).filter((n) => n > 0).length === 1)
        warnings.push({
          code: 'ONE_CLASS',
          message: `The ${name} part of ${hospitalId} has patients of one class only.`,
        });
  if (rows && droppedMany(rows))
    warnings.push({ code: 'ROWS_DROPPED', message: `Many rows of ${hospitalId} were left out: ${rowsText(rows)}.` });
  return warnings.map((warning) => ({ ...warning, hospital: hospitalId }));
}

function smallTest({ patientIds, count }: TrainingData, what: string, classes: number): ResultWarning[] {
  const patients = patientIds ? new Set(patientIds).size : count;
  if (patients >= fewPatients) return [];
  const one = classes > 1 ? `one of them is ${Math.round(100 / patients)} points of accuracy, and a` : 'a';
  const message =
    `${what} has ${patients} ${patients === 1 ? 'patient' : 'patients'}: ${one} difference between two models there is ` +
    'mostly chance.';
  return [{ code: 'SMALL_TEST', message }];
}

function countsOf(labels: Float32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const y of labels) counts[y]!++;
  return counts;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

import {
  largest,
  type BatchesSpec,
  type Metrics,
  type PrivacyUnit,
  type RoundReport,
  type TrainingData,
} from '@fedward/core';
import { lackingText } from '../report/participation-text.js';
import { droppedMany, rowsText } from '../report/rows-text.js';
import type { Population } from '../scenario/scenario.js';
import type { Participation } from './participation.js';

/** What a reader of a result would wrongly conclude without a word. */
export interface ResultWarning {
  /** Codes are only ever added. */
  readonly code:
    | 'WORSE_THAN_MEAN'
    | 'BELOW_MAJORITY'
    | 'NOT_ABOVE_MAJORITY'
    | 'BELOW_CHANCE'
    | 'RARE_CLASS'
    | 'NOISY_LABELS'
    | 'SMALL_TEST'
    | 'ONE_CLASS'
    | 'ROWS_DROPPED'
    | 'ROUNDS_SKIPPED'
    | 'HOSPITALS_MISSING'
    | 'BATCH_NOT_AS_DIVIDED'
    | 'CALIBRATION_OFF'
    | 'FEW_EVENTS'
    | 'WIDE_INTERVAL'
    | 'WORSE_THAN_ALONE'
    | 'PERHAPS_WORSE_THAN_ALONE'
    | 'SUBGROUP_GAP';
  /** A sentence. */
  readonly message: string;
  /** Where it is about one. */
  readonly hospital?: string;
}

/** Patients of a test part below which a single one of them moves an accuracy by more than three points. */
const fewPatients = 30;
/** Events of a test part below which each of them moves a concordance by a tenth or so. */
const fewEvents = 10;
/** Share of the most common class from which on an accuracy by itself tells next to nothing. */
const mostAreOne = 0.9;
/** By how much an average batch may be larger or smaller than its divisor without a word. */
const farOff = 5;

/** How a run drew its batches, and of whom. */
export interface Drawn {
  readonly batches: BatchesSpec;
  readonly unit: PrivacyUnit | undefined;
}

/** @param final metrics of the global model on the pooled test part */
export function warningsOf(population: Population, final: Metrics, drawn: Drawn): ResultWarning[] {
  const { test, classes, tabulated, ids } = population;
  return [
    ...(classes > 1 ? aboutAccuracy(test, classes, final) : aboutValues(final)),
    ...smallTest(test, 'The pooled test part', population),
    ...(tabulated ? ids.flatMap((id) => aboutHospital(population, id, drawn)) : []),
  ];
}

/** Of rounds that moved nothing, though they count. */
export function aboutRounds(rounds: readonly Pick<RoundReport, 'failure'>[]): ResultWarning[] {
  const failures = rounds.flatMap(({ failure }) => failure ?? []);
  if (failures.length === 0) return [];
  const message =
    `${failures.length} of ${rounds.length} rounds were skipped, and did not move the model, since too few hospitals ` +
    `answered to their end; the last of them: ${failures.at(-1)!.reason}.`;
  return [{ code: 'ROUNDS_SKIPPED', message }];
}

/** Of rounds that went on without hospitals, and of hospitals that were away at the end. */
export function aboutParticipation(participation: Participation): ResultWarning[] {
  const { rounds, goneAtEnd } = participation;
  if (rounds.without === 0 && goneAtEnd.length === 0) return [];
  return [{ code: 'HOSPITALS_MISSING', message: `The run is not complete. ${lackingText(participation)}` }];
}

function aboutValues({ rSquared }: Metrics): ResultWarning[] {
  if (rSquared === undefined || rSquared >= 0) return [];
  const message =
    `R² is ${rSquared.toFixed(2)}: on the pooled test part the model is worse than giving the mean of these values to ` +
    'everyone. It has learned nothing that can be used there.';
  return [{ code: 'WORSE_THAN_MEAN', message }];
}

function aboutAccuracy({ labels }: TrainingData, classes: number, { accuracy, auroc }: Metrics): ResultWarning[] {
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
  if (auroc !== undefined && auroc < 0.5)
    warnings.push({
      code: 'BELOW_CHANCE',
      message: `AUROC ${auroc.toFixed(3)} is below 0.5: the model ranks patients worse than by chance. It was trained too little, or has learned the opposite.`,
    });
  if (share >= mostAreOne && share < 1)
    warnings.push({
      code: 'RARE_CLASS',
      message: `Accuracy says little here: ${percent(share)} of the pooled test part are of one class. Look at the AUROC; --class-weights lets the others count for more in training.`,
    });
  if (share === 1)
    warnings.push({
      code: 'ONE_CLASS',
      message:
        'The pooled test part has patients of one class only: no accuracy tells whether the classes are told apart.',
    });
  return warnings;
}

function aboutHospital(population: Population, hospitalId: string, drawn: Drawn): ResultWarning[] {
  const { classes } = population;
  const { train, test, rows } = population.hospital(hospitalId);
  const warnings = smallTest(test, `The test part of ${hospitalId}`, population);
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
  warnings.push(...aboutBatches(train, hospitalId, drawn));
  return warnings.map((warning) => ({ ...warning, hospital: hospitalId }));
}

/**
 * The divisor of a Poisson batch's sum is public and does not follow the data. Far from what is drawn on average, each
 * step is so much longer or shorter than the learning rate says.
 */
function aboutBatches(
  { patientIds, count }: TrainingData,
  hospital: string,
  { batches, unit }: Drawn,
): ResultWarning[] {
  if (batches.kind !== 'poisson') return [];
  const ofPatients = unit === 'patient' && patientIds !== undefined;
  const drawn = batches.probability * (ofPatients ? new Set(patientIds).size : count);
  const times = drawn / batches.expectedSize;
  if (times <= farOff && times >= 1 / farOff) return [];
  const message =
    `A batch of ${hospital} has ${Number(drawn.toPrecision(2))} ${ofPatients ? 'patients' : 'records'} on average, and its sum is ` +
    `divided by ${batches.expectedSize}: its steps are ${Number(times.toPrecision(2))} times as long as the learning rate says. ` +
    '--batch-size is the divisor: the sampling probability times a public, rounded number.';
  return [{ code: 'BATCH_NOT_AS_DIVIDED', message }];
}

type Kind = Pick<Population, 'classes' | 'label'>;

function smallTest(
  { patientIds, count, labels }: TrainingData,
  what: string,
  { classes, label }: Kind,
): ResultWarning[] {
  const patients = patientIds ? new Set(patientIds).size : count;
  const ofSurvival = label === 'time-to-event';
  const events = ofSurvival ? labels.filter((time) => time > 0).length : Infinity;
  if (patients >= fewPatients && events >= fewEvents) return [];
  const one = classes > 1 ? `one of them is ${Math.round(100 / patients)} points of accuracy, and a` : 'a';
  const happened = ofSurvival ? `, with ${events} ${events === 1 ? 'event' : 'events'}` : '';
  const message =
    `${what} has ${patients} ${patients === 1 ? 'patient' : 'patients'}${happened}: ` +
    (events === 0
      ? 'nobody is known to have had it before another, and no concordance is defined.'
      : events === 1
        ? 'a concordance is one of that patient against the others, where it is defined at all.'
        : `${one} difference between two models there is mostly chance.`);
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

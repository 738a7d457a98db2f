import { largest } from '@fedward/core';
import type { Evaluation, Predictions } from '@fedward/metrics-clinical';

/** What a reader of an evaluation would wrongly conclude without a word. */
export interface FileWarning {
  /** Codes are only ever added; those of a run's warnings mean the same here. */
  readonly code:
    | 'ONE_CLASS'
    | 'BELOW_MAJORITY'
    | 'NOT_ABOVE_MAJORITY'
    | 'BELOW_CHANCE'
    | 'RARE_CLASS'
    | 'WORSE_THAN_MEAN'
    | 'SMALL_TEST'
    | 'ROWS_NOT_SCORED'
    | 'TRAINED_ON';
  /** A sentence. */
  readonly message: string;
}

/** As a run has it: below so many patients one of them moves an accuracy by more than three points. */
const fewPatients = 30;
const mostAreOne = 0.9;
/** A share of rows without a prediction from which on the others may be other patients. */
const manyUnscored = 0.05;

/**
 * @param rows of the file: how many were scored, and how many were to be
 * @param training how many rows of the file the model was trained on, where that is known; 0: none
 */
export function warningsOfFile(
  { labels, loss }: Pick<Predictions, 'labels' | 'loss'>,
  { figures, patients, task }: Evaluation,
  rows: { readonly scored: number; readonly asked: number },
  classes: number,
): FileWarning[] {
  const warnings: FileWarning[] = [];
  const value = (name: string): number | null => figures[name]?.value ?? null;
  if (loss !== 'squared-error' && task !== 'survival')
    warnings.push(...aboutClasses(labels, classes, value('accuracy'), value('auroc')));
  const explained = value('rSquared') ?? value('r2');
  if (task === 'value' && explained !== null && explained < 0)
    warnings.push({
      code: 'WORSE_THAN_MEAN',
      message: `R² is ${explained.toFixed(2)}: the model is worse here than giving the mean of these values to everyone.`,
    });
  if (patients < fewPatients)
    warnings.push({
      code: 'SMALL_TEST',
      message: `There are ${patients} patients: what two models differ by on so few is mostly chance.`,
    });
  const without = rows.asked - rows.scored;
  if (without > manyUnscored * rows.asked)
    warnings.push({
      code: 'ROWS_NOT_SCORED',
      message: `${without} of ${rows.asked} rows could not be scored and are in no figure: those that are left may be other patients.`,
    });
  return warnings;
}

function aboutClasses(
  labels: Float32Array,
  classes: number,
  accuracy: number | null,
  auroc: number | null,
): FileWarning[] {
  if (labels.length === 0) return [];
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  const share = largest(counts) / labels.length;
  if (share === 1)
    return [
      { code: 'ONE_CLASS', message: 'All records are of one class: nothing tells whether classes are told apart.' },
    ];
  const always = `${percent(share)} of the records are of one class, so that always saying that class reaches as much`;
  return [
    ...(accuracy !== null && accuracy < share
      ? [
          {
            code: 'BELOW_MAJORITY' as const,
            message: `Accuracy ${percent(accuracy)} is worse than no model: ${always}.`,
          },
        ]
      : accuracy !== null && accuracy - share <= 2 * Math.sqrt((share * (1 - share)) / labels.length)
        ? [
            {
              code: 'NOT_ABOVE_MAJORITY' as const,
              message: `Accuracy ${percent(accuracy)} is not clearly better than no model: ${always}.`,
            },
          ]
        : []),
    ...(auroc !== null && auroc < 0.5
      ? [
          {
            code: 'BELOW_CHANCE' as const,
            message: `AUROC ${auroc.toFixed(3)} is below 0.5: the model ranks these patients worse than by chance.`,
          },
        ]
      : []),
    ...(share >= mostAreOne
      ? [{ code: 'RARE_CLASS' as const, message: `Accuracy says little here: ${percent(share)} are of one class.` }]
      : []),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

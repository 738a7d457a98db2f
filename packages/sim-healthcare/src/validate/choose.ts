import { FedwardError, throwIfAborted, type LossName } from '@fedward/core';
import { modelMetrics } from '@fedward/metrics-clinical';
import type { Basis } from './basis.js';
import type { Fold } from './fold.js';
import type { Combination } from './grid.js';
import { together, type Predicted } from './predicted.js';
import { trainFold } from './train-fold.js';
import type { ChoiceResult, ChoiceRow } from './validation-result.js';

/** Into how many folds training parts are parted for a choice. */
export const innerFolds = 3;

/** What is known of a combination once all inner folds are done. */
interface Tried {
  readonly predictions: Predicted[];
  failure?: string;
}

/**
 * Chooses among declared settings on training records alone: those that `outer` leaves for training are parted into three
 * folds by patient, each combination is trained on two of them and scored on the third, by a federation of all hospitals.
 * The best score over all of these records is chosen; of equal ones the first of the grid. Nobody whom `outer` tests on is
 * trained on, scored, or used to fit anything here (nested cross-validation: Varma and Simon 2006).
 *
 * @throws {FedwardError} ABORTED; CONFIG_INCOMPATIBLE where no combination could be trained
 */
export async function choose(
  basis: Basis,
  grid: readonly Combination[],
  outer: Fold['outer'],
  name: string,
): Promise<ChoiceResult> {
  const tried = grid.map((): Tried => ({ predictions: [] }));
  for (let index = 0; index < innerFolds; index++) {
    const hospitals = await basis.foldOf({ outer, inner: { folds: innerFolds, index } });
    for (const [i, { plan }] of grid.entries()) {
      throwIfAborted(basis.signal);
      basis.say(`choosing for ${name}: training ${index * grid.length + i + 1} of ${innerFolds * grid.length}`);
      const one = tried[i]!;
      if (one.failure !== undefined) continue;
      const outcome = await trainFold(basis, plan, hospitals, `${name}, settings ${i}, inner fold ${index}`);
      if ('failure' in outcome) one.failure = outcome.failure;
      else one.predictions.push(...outcome.predictions);
    }
  }
  const { loss } = basis.planned.plan.model;
  const table = grid.map(({ settings }, i): ChoiceRow => {
    const { failure, predictions } = tried[i]!;
    const score = failure === undefined ? scoreOf(loss, predictions) : null;
    return { settings, score, ...(failure !== undefined && { failure }) };
  });
  const { score, better } = scoreFor(loss);
  return {
    schemaVersion: 1,
    score,
    better,
    table,
    chosen: best(table, better, name).settings,
    words: wordsOf(score, better),
  };
}

/** The first of the best. */
function best(table: readonly ChoiceRow[], better: ChoiceResult['better'], name: string): ChoiceRow {
  if (table.every(({ score }) => score === null)) {
    const why = table.find(({ failure }) => failure !== undefined)?.failure ?? 'the score is not defined';
    throw new FedwardError('CONFIG_INCOMPATIBLE', `--choose: no settings have a score for ${name}: ${why}`, '--choose');
  }
  const sign = better === 'lower' ? 1 : -1;
  const cost = ({ score }: ChoiceRow): number => (score === null ? Infinity : sign * score);
  return table.reduce((first, row) => (cost(row) < cost(first) ? row : first));
}

function scoreFor(loss: LossName): Pick<ChoiceResult, 'score' | 'better'> {
  if (loss === 'cox') return { score: 'cIndex', better: 'higher' };
  return { score: loss === 'squared-error' ? 'rootMeanSquaredError' : 'loss', better: 'lower' };
}

/** Null where it is not defined, or the model's outputs are no numbers. */
function scoreOf(loss: LossName, all: readonly Predicted[]): number | null {
  if (all.length === 0 || all.some(({ outputs }) => !outputs.every(Number.isFinite))) return null;
  const { score } = scoreFor(loss);
  if (loss !== 'cox') {
    const { outputs, labels } = together(all, loss, undefined);
    return modelMetrics(loss, outputs, labels)[score] ?? null;
  }
  // Log hazards of two models, or of a hospital and another, are not ranked together.
  const each = all.flatMap(({ outputs, labels }) => {
    const own = modelMetrics(loss, outputs, labels)[score];
    return own === undefined ? [] : [{ own, records: labels.length }];
  });
  const records = each.reduce((sum, one) => sum + one.records, 0);
  return records === 0 ? null : each.reduce((sum, one) => sum + one.own * one.records, 0) / records;
}

function wordsOf(score: string, better: string): string[] {
  return [
    `Settings were chosen from a grid that was declared before, by ${score} (${better} is better) over the training records ` +
      `alone: in ${innerFolds} folds by patient, each scored by a federation that did not have it. Of equal ones the first.`,
    'What the grid is worth is no figure of the model: the best of several scores is better than it will be on new patients.',
  ];
}

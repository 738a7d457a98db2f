import { assertInteger, assertThat, FedwardError } from '@fedward/core';
import type { MedicalDataset } from '../dataset.js';
import { contentOf, keyedPositions } from '../partition/keyed.js';
import { assertProbabilities } from './check.js';

/**
 * Trains on one part of a data set and predicts another.
 *
 * @param fold from 0 on
 * @returns probabilities of shape [held out, classes], rows adding up to 1
 */
export type TrainAndPredict = (
  train: MedicalDataset,
  heldOut: MedicalDataset,
  fold: number,
) => ArrayLike<number> | Promise<ArrayLike<number>>;

/**
 * Probabilities of every row by a model that was not trained on its patient: each fold is predicted by what was trained on
 * the others. A patient's fold is drawn by a keyed hash of the id (of the record, where there are none), so that it hangs
 * on that patient alone, and no patient is in two folds. Folds are as large as chance has it.
 *
 * The probabilities are facts about patients and stay at the site.
 *
 * @param data with classes
 * @param folds at least 2
 * @param trainAndPredict is called for one fold after another
 * @param key a secret of the site; in a simulation `seededKey(random)`. Not empty
 * @returns of shape [records, classes], rows in the order of the data
 * @throws {FedwardError} ARGUMENT_INVALID for folds or a key that are none; CONFIG_INCOMPATIBLE for data without classes,
 *   or where a fold is empty; DATA_MALFORMED and DATA_NOT_FINITE, with the row in its fold, for a prediction that is none;
 *   and whatever the model throws
 */
export async function crossValidated(
  data: MedicalDataset,
  folds: number,
  trainAndPredict: TrainAndPredict,
  key: string | Uint8Array,
): Promise<Float64Array> {
  assertInteger('folds', folds, 2, 1000);
  assertThat(key.length > 0, 'key', 'the key is empty');
  const { name, count, patientIds } = data;
  const classes = data.classes?.length;
  if (classes === undefined)
    throw new FedwardError('CONFIG_INCOMPATIBLE', `${name}: there are no classes to predict`, 'data');
  const rows = Array.from({ length: folds }, (): number[] => []);
  const foldOf = keyedPositions({ name, count, patientIds, content: contentOf(data) }, key, 'fold of ').map(
    (position) => Math.floor(position * folds),
  );
  foldOf.forEach((fold, row) => rows[fold]!.push(row));
  const empty = rows.findIndex((own) => own.length === 0);
  if (empty >= 0)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${name}: fold ${empty} of ${folds} is empty. Each patient's fold depends on that patient alone: take fewer folds`,
      'folds',
    );
  const probabilities = new Float64Array(count * classes);
  for (const [fold, held] of rows.entries()) {
    const rest = foldOf.flatMap((other, row) => (other === fold ? [] : [row]));
    const train = data.subset(rest, `${name}, all but fold ${fold}`);
    const predicted = await trainAndPredict(train, data.subset(held, `${name}, fold ${fold}`), fold);
    assertProbabilities(predicted, held.length, classes);
    held.forEach((row, i) => {
      for (let j = 0; j < classes; j++) probabilities[row * classes + j] = predicted[i * classes + j]!;
    });
  }
  return probabilities;
}

import { assertInteger, FedwardError } from '@fedward/core';

/** How far a row of probabilities may be from 1 in sum: those of float32 are. */
const sumTolerance = 1e-3;

/**
 * @param probabilities of shape [labels, classes]
 * @throws {FedwardError} ARGUMENT_INVALID for fewer than two classes; DATA_EMPTY; LABEL_INVALID for a label that is none of
 *   the classes; DATA_MALFORMED and DATA_NOT_FINITE for what are no probabilities. With the row, never with what it holds
 */
export function assertRated(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): void {
  assertInteger('classes', classes, 2, 2 ** 16);
  if (labels.length === 0) throw new FedwardError('DATA_EMPTY', 'there is no label', 'labels');
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new FedwardError('LABEL_INVALID', `the label of row ${row} is none of ${classes} classes`, 'labels');
  }
  assertProbabilities(probabilities, labels.length, classes);
}

/** @throws {FedwardError} DATA_MALFORMED, DATA_NOT_FINITE, with the row */
export function assertProbabilities(probabilities: ArrayLike<number>, rows: number, classes: number): void {
  const refuse = (code: string, what: string): never => {
    throw new FedwardError(code, `probabilities: ${what}`, 'probabilities');
  };
  if (probabilities.length !== rows * classes)
    refuse(
      'DATA_MALFORMED',
      `${rows} rows of ${classes} classes are ${rows * classes} numbers, not ${probabilities.length}`,
    );
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      const p = probabilities[i]!;
      if (!Number.isFinite(p)) refuse('DATA_NOT_FINITE', `row ${row} is not finite`);
      if (p < 0 || p > 1) refuse('DATA_MALFORMED', `row ${row} is not within 0 and 1`);
      sum += p;
    }
    if (!(Math.abs(sum - 1) <= sumTolerance)) refuse('DATA_MALFORMED', `row ${row} does not add up to 1`);
  }
}

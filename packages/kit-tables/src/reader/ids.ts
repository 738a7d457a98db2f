import { FedwardError } from '@fedward/core';
import { valueKey, type DecimalMark } from '../values/equality.js';

/** A number as it is written where nothing is added to it: it needs no key to be compared. */
const plain = /^(0|-?[1-9]\d*)$/;
const digit = /^[+-]?[.,]?\d/;

/**
 * Refuses ids that are one number in two spellings: `1` and `1.0`, `7` and `007`. A program that writes a table again
 * turns one into the other, and the records of one patient would be those of two. An id is text all the same: `007` stays
 * `007`, where there is no `7`.
 *
 * @param ids of the records
 * @param lines on which they are
 * @throws {FedwardError} DATA_MALFORMED naming the lines, and no id
 */
export function assertOneSpelling(
  ids: readonly string[],
  lines: readonly number[],
  { file, column, decimal }: { readonly file: string; readonly column: string; readonly decimal: DecimalMark },
): void {
  if (ids.every((id) => plain.test(id) || !digit.test(id))) return;
  const spelled = new Map<string, { readonly id: string; readonly line: number }>();
  ids.forEach((id, i) => {
    if (!digit.test(id)) return;
    const key = valueKey(id, decimal);
    const earlier = spelled.get(key);
    if (!earlier) spelled.set(key, { id, line: lines[i]! });
    else if (earlier.id !== id)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${file}, lines ${earlier.line} and ${lines[i]}, column "${column}": one number is written in two ways. If it is ` +
          'one patient, write it alike; if these are two, give them ids that differ in more than zeros',
        column,
      );
  });
}

const totals =
  /^(grand |sub[- ]?)?(totals?|sums?)$|^(gesamt|zwischen)?summen?$|^(gesamt|insgesamt|mean|average|mittelwert|durchschnitt|totale?|somme|suma)$/i;

/** True for the word that stands at the head of a row of totals, such as `Total` or `Summe:`. */
export function isTotal(cell: string): boolean {
  if (digit.test(cell)) return false;
  return totals.test(cell.replace(/[:.]$/, ''));
}

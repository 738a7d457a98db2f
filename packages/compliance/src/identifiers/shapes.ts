import type { Shape } from './column-names.js';
import { holdsDate, isCompactDate, isSerialDate } from './dates.js';
import type { CellTally } from './tally.js';

/** A column of these says whether there is something, and not what it is. */
const flags = new Set(
  'yes no y n t f true false ja nein oui non si sí unknown present absent known missing none given declined other verified'.split(
    ' ',
  ),
);

/** So many digits by themselves are more than a code of levels. */
const fewDigits = 4;

const isFlag = (cell: string): boolean => /^\d?$/.test(cell) || flags.has(cell.toLowerCase());

/** True where a column's cells can be what its name says. */
export function hasShape(shape: Shape, tally: CellTally): boolean {
  const { cells, numbers, different, highest } = tally;
  if (cells === 0) return false;
  switch (shape) {
    case 'any':
      return true;
    case 'words':
      return numbers < 0.5 * cells && share(tally, isFlag) < 0.5;
    case 'varied':
      return share(tally, isFlag) < 0.5 || different > fewDigits;
    case 'numbers':
      return numbers > 0.5 * cells && highest <= 366;
    case 'digits':
      return share(tally, (cell) => cell.replace(/\D/g, '').length >= 6) > 0.5;
    case 'dates':
      return (
        share(
          tally,
          (cell) => holdsDate(cell) || isCompactDate(cell) || (/^\d+(\.0)?$/.test(cell) && isSerialDate(cell)),
        ) > 0.5
      );
  }
}

/** Of different values, as far as they are kept. */
function share(tally: CellTally, test: (cell: string) => boolean): number {
  let all = 0;
  let matching = 0;
  for (const [cell] of tally.values()) {
    all++;
    if (test(cell)) matching++;
  }
  return all === 0 ? 0 : matching / all;
}

/** So many rows before it says anything that all of their values are different. */
const fewestRows = 20;

/**
 * A value of its own for each row, of a form that measures have not: letters and digits, or whole numbers of one length and six
 * digits or more. Rows that are merely numbered one after the other have no such column: that number is the file's, not the patient's.
 */
export function isKey(tally: CellTally): boolean {
  const { cells, codes, wholes, different, lowest, highest, fewestDigits, mostDigits } = tally;
  if (cells < fewestRows || tally.distinctShare < 0.95) return false;
  if (codes >= 0.95 * cells)
    return (
      share(tally, (cell) => /^(?=.*\d)[\p{L}\d][\p{L}\d_/.:-]{3,}$/u.test(cell) && !isMeasure(cell) && !isTerm(cell)) >
      0.95
    );
  if (wholes < cells || lowest < 0 || tally.distinctShare < 0.99) return false;
  return mostDigits >= 6 && fewestDigits >= 5 && highest - lowest >= different;
}

/** A number with a unit or a sign before it, a range, a time of day. */
function isMeasure(cell: string): boolean {
  return (
    /^[<>=~]*[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?:%|[a-zµ]{1,5}(?:\/[a-z\d]+)?)?$/i.test(cell) ||
    /^\d+(?:\.\d+)?[-:/]\d+(?:\.\d+)?(?::\d+)?$/.test(cell)
  );
}

/**
 * A code of a terminology, which says what somebody has and not who it is: of ICD-10 with its point, a variant as HGVS writes
 * it, a place on a chromosome, a number of dbSNP. A letter and digits without a point may be a record's number.
 */
function isTerm(cell: string): boolean {
  return (
    /^[A-Z]\d[\dA-Z]\.[\dA-Z]{1,4}$/.test(cell) ||
    /^(?:p\.\(?(?:[A-Z]|[A-Z][a-z]{2})\d+|[cgmn]\.[-*]?\d+)\S*$/.test(cell) ||
    /^(?:chr)?(?:\d{1,2}|[XYM]|MT):\d+(?:-\d+)?$/.test(cell) ||
    /^rs\d+$/.test(cell)
  );
}

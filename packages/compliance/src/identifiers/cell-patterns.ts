import type { IdentifierCategory } from './categories.js';
import * as checks from './check-digits.js';
import { isCompactDate } from './dates.js';
import { isFrequentName, isNameLike } from './person-names.js';

/**
 * What a whole cell may be, by itself with some probability by chance: of ten random digits one number in eleven has the check
 * digit of an NHS number. Therefore most of a column has to match.
 */
export interface CellPattern {
  readonly detector: string;
  readonly category: IdentifierCategory;
  readonly pattern: string;
  /** The share of different values that has to match, and how many of them there have to be at least. */
  readonly share: number;
  readonly atLeast: number;
  test(cell: string): boolean;
}

const numberOf =
  (holds: (number: string) => boolean) =>
  (cell: string): boolean =>
    holds(cell.replace(/[ .-]/g, '').toUpperCase());

/** In the order of the categories. */
export const cellPatterns: readonly CellPattern[] = [
  {
    detector: 'frequent-names',
    category: 'A',
    pattern: 'capitalised words of which many are frequent names',
    share: 0.25,
    atLeast: 4,
    test: (cell) => isNameLike(cell) && isFrequentName(cell),
  },
  {
    detector: 'zip-codes',
    category: 'B',
    pattern: 'five digits with leading zeros among them, or ZIP+4',
    share: 0.95,
    atLeast: 5,
    test: (cell) => /^\d{5}(?:-\d{4})?$/.test(cell),
  },
  {
    detector: 'compact-dates',
    category: 'C',
    pattern: 'year, month and day without a mark, or month and year',
    share: 0.9,
    atLeast: 3,
    test: isCompactDate,
  },
  {
    detector: 'phone-digits',
    category: 'D',
    pattern: 'ten digits as a telephone number of North America',
    share: 0.95,
    atLeast: 5,
    test: (cell) => /^(?:\+?1)?[2-9]\d{2}[2-9]\d{6}$/.test(cell),
  },
  {
    detector: 'ssn-digits',
    category: 'G',
    pattern: 'nine digits with leading zeros among them, as social security numbers',
    share: 0.98,
    atLeast: 10,
    test: checks.isSsn,
  },
  {
    detector: 'bsn-digits',
    category: 'G',
    pattern: 'nine digits that all pass the test of eleven (BSN)',
    share: 0.9,
    atLeast: 4,
    test: numberOf(checks.isBsn),
  },
  {
    detector: 'nir-digits',
    category: 'G',
    pattern: 'fifteen signs that all have the key of a NIR',
    share: 0.9,
    atLeast: 3,
    test: numberOf(checks.isNir),
  },
  {
    detector: 'nhs-digits',
    category: 'H',
    pattern: 'ten digits that all have the check digit of an NHS number',
    share: 0.9,
    atLeast: 4,
    test: numberOf(checks.isNhsNumber),
  },
  {
    detector: 'kvnr-digits',
    category: 'I',
    pattern: 'a letter and nine digits that all have the check digit of a German health insurance number',
    share: 0.9,
    atLeast: 3,
    test: numberOf(checks.isKvnr),
  },
  {
    detector: 'card-digits',
    category: 'J',
    pattern: 'digits that all have the check digit of a payment card',
    share: 0.9,
    atLeast: 3,
    test: numberOf(checks.isCardNumber),
  },
  {
    detector: 'npi-digits',
    category: 'K',
    pattern: 'ten digits that all have the check digit of an NPI',
    share: 0.9,
    atLeast: 4,
    test: numberOf(checks.isNpi),
  },
  {
    detector: 'imei-digits',
    category: 'M',
    pattern: 'fifteen digits that all have the check digit of an IMEI',
    share: 0.9,
    atLeast: 3,
    test: (cell) => /^\d{15}$/.test(cell) && checks.hasLuhnDigit(cell),
  },
  {
    detector: 'steuer-id-digits',
    category: 'R',
    pattern: 'eleven digits that all have the check digit of a tax number',
    share: 0.9,
    atLeast: 3,
    test: numberOf(checks.isSteuerId),
  },
];

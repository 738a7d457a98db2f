import type { IdentifierCategory } from './categories.js';

/** What is looked for within a cell, whatever else stands in it. One cell is enough. */
export interface TextPattern {
  readonly detector: string;
  readonly category: IdentifierCategory;
  /** In words. */
  readonly pattern: string;
  test(text: string): boolean;
}

/** A universally unique identifier (RFC 9562), wherever it stands. Its letters and digits say nothing else. */
export const uuids = /(?<![\dA-F])[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}(?![\dA-F])/gi;

export const compact = (text: string): string => text.replace(/[ .-]/g, '').toUpperCase();

/** True where a part of the text has the form and, without its spaces and hyphens, the check digit. */
export const checked =
  (form: RegExp, holds: (number: string) => boolean) =>
  (text: string): boolean =>
    [...text.matchAll(form)].some(([found]) => holds(compact(found)));

export const found =
  (form: RegExp) =>
  (text: string): boolean =>
    form.test(text);

/** What stands behind an amount, which is no number of anybody. */
const units =
  '(?:mg|g|kg|mcg|µg|ml|cc|l|units?|iu|mm|cm|mmol|meq|kcal|x|hours?|hrs?|days?|weeks?|months?|years?|yrs?|of|per)\\b|%|\\/';

/** Letters and digits to their end, and no unit behind them. */
const numberOf = (digits: string): string =>
  `[A-Z]{0,6}[-/ ]?\\d[A-Z\\d/-]{${digits},}(?![A-Z\\d/-])(?! ?(?:${units}))`;

const between = '(?: is\\b| was\\b|[:=#.,\\s])*[#(]?';

/**
 * A word for a number, and a number behind it: of three signs where it says that it is one (`no`, `id`, `#`), of five where it does not,
 * since `plan: 1000 mg` is none.
 */
export const told = (words: string, number?: string): ((text: string) => boolean) => {
  const word = `(?<![a-z])(?:${words})(?![a-z])(?:'s)?`;
  const said = `${word} ?(?:(?:no|nr|num|number|id|code|ref)\\b\\.?|#|:? ?#)${between}${number ?? numberOf('2')}`;
  return found(new RegExp(`${said}|${word}${between}${number ?? numberOf('4')}`, 'i'));
};

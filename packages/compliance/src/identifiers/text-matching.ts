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

/** A word for a number, and a number behind it. */
export const told = (words: string, number = '[A-Z]{0,4}[-/ ]?\\d[A-Z\\d/-]{3,}'): ((text: string) => boolean) =>
  found(
    new RegExp(
      `(?<![a-z])(?:${words})(?![a-z])(?:'s)?(?: ?(?:no|nr|num|number|id|code|#|ref)\\b\\.?)?(?: is| was|:|=|#|\\.|,)*\\s*[#(]?${number}`,
      'i',
    ),
  );

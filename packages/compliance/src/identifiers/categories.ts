/**
 * The identifiers that 45 CFR 164.514(b)(2)(i) lists, (A) to (R), of the individual or of relatives, employers or household
 * members. Titles are shortened; the regulation's words decide.
 */
export const identifierCategories = {
  A: 'names',
  B: 'geographic subdivisions smaller than a State',
  C: 'elements of dates finer than a year, and ages over 89',
  D: 'telephone numbers',
  E: 'fax numbers',
  F: 'electronic mail addresses',
  G: 'social security numbers',
  H: 'medical record numbers',
  I: 'health plan beneficiary numbers',
  J: 'account numbers',
  K: 'certificate and license numbers',
  L: 'vehicle identifiers and license plates',
  M: 'device identifiers and serial numbers',
  N: 'web addresses (URL)',
  O: 'internet protocol (IP) addresses',
  P: 'biometric identifiers',
  Q: 'full-face photographs and comparable images',
  R: 'any other unique identifying number, characteristic or code',
} as const;

/** The letter under which the regulation has it. */
export type IdentifierCategory = keyof typeof identifierCategories;

/** In the order of the regulation. */
export const categoryLetters = Object.keys(identifierCategories) as readonly IdentifierCategory[];

/** What was found in a column. It tells how many cells and by which pattern, and never what a cell holds. */
export interface IdentifierFinding {
  readonly column: string;
  readonly category: IdentifierCategory;
  /** Of the detector, stable; such as `ssn` or `named-address`. */
  readonly detector: string;
  /** What the detector looks for, in words. */
  readonly pattern: string;
  /** By the column's name, by the shape of its values, or within longer text. */
  readonly by: 'name' | 'values' | 'text';
  /** How many cells matched; by name: how many hold anything. */
  readonly cells: number;
  /** How many cells hold anything. */
  readonly of: number;
  /** False where it is for a person to look: nothing tells that it is an identifier, or that it is none. */
  readonly certain: boolean;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the reference vectors are: beside the data sets. Tests that need them are skipped by name without. */
export const dataFolder = process.env['FEDWARD_DATA'];

/** A file of reference vectors for differential privacy. */
export function readReference<T>(name: string): T {
  return JSON.parse(readFileSync(join(dataFolder ?? '', '..', 'reference', 'dp', name), 'utf8')) as T;
}

/** |actual - expected| over expected; 0 where both are 0. */
export function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}

import { FedwardError, parseWith, type Random } from '@fedward/core';
import * as z from 'zod';
import type { MedicalDataset } from '../dataset.js';
import { groupByLabel, unitsOf } from './units.js';

const optionsSchema = z.strictObject({ testFraction: z.number().gt(0).lt(1) });

export interface TrainTestOptions {
  /** Share of the patients that are tested on, in (0, 1). */
  readonly testFraction: number;
  readonly random: Random;
}

/**
 * Parts a data set in two, by patient, with the classes in the same shares in both as nearly as whole patients
 * allow: of n patients ceil(testFraction n) are for testing, divided over the classes by largest remainders.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the option; CONFIG_INCOMPATIBLE where a part would be empty
 */
export function splitTrainTest(
  dataset: MedicalDataset,
  { random, ...options }: TrainTestOptions,
): { readonly train: MedicalDataset; readonly test: MedicalDataset } {
  const { testFraction } = parseWith(optionsSchema, options, 'the split');
  const units = unitsOf(dataset);
  const wanted = Math.ceil(testFraction * units.length - 1e-9); // 0.34 * 3000 is 1020.0000000000001
  if (wanted >= units.length)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `data set ${dataset.name}: ${units.length} patients can't be parted with ${testFraction} of them for testing`,
      'testFraction',
    );
  const strata = dataset.classes ? groupByLabel(units) : [units];
  const counts = apportion(
    strata.map((stratum) => stratum.length),
    wanted,
  );
  const testRows = strata.flatMap((stratum, s) =>
    Array.from(random.permutation(stratum.length).subarray(0, counts[s]), (i) => stratum[i]!.rows).flat(),
  );
  const isTest = new Set(testRows);
  const rows = (test: boolean) =>
    Array.from({ length: dataset.count }, (_, row) => row).filter((row) => isTest.has(row) === test);
  return {
    train: dataset.subset(rows(false), `${dataset.name}, train`),
    test: dataset.subset(rows(true), `${dataset.name}, test`),
  };
}

/** Whole numbers in proportion to sizes that add up to `total`: floors, then the largest remainders. */
function apportion(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (total * size) / all);
  const counts = exact.map(Math.floor);
  const order = exact.map((_, i) => i).sort((a, b) => exact[b]! - counts[b]! - (exact[a]! - counts[a]!) || a - b);
  const left = total - counts.reduce((sum, n) => sum + n, 0);
  for (const i of order.slice(0, left)) counts[i]!++;
  return counts;
}

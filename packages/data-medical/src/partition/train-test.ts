import { FedwardError, parseWith, type Random } from '@fedward/core';
import * as z from 'zod';
import type { MedicalDataset } from '../dataset.js';
import { contentOf, keyedPositions, type Identified } from './keyed.js';

const ruleSchema = z.strictObject({
  testFraction: z.number().gt(0).lt(1),
  key: z.union([z.string().min(1), z.instanceof(Uint8Array).refine((key) => key.length > 0, 'the key is empty')]),
});

/** How data are parted for training and test. */
export interface SplitRule {
  /** Probability that a patient is tested on, in (0, 1). */
  readonly testFraction: number;
  /**
   * A secret of the site, or, in a simulation, what stands for it. Not empty. Who knows it knows on which side any
   * patient would be.
   */
  readonly key: string | Uint8Array;
}

/** What stands for a site's secret in a simulation. */
export function seededKey(random: Random): Uint8Array {
  return new Uint8Array(random.key().buffer);
}

/**
 * For each record, whether it is for testing: HMAC-SHA256 of the patient's id (of the record's content where there are
 * none) under the key, as a number in [0, 1), is below the test fraction.
 *
 * So a patient's side hangs on that patient and the key alone. A split that has a say in how many patients, or how many
 * of each class, are on each side makes the side of each a function of all the others: one patient more moves others
 * into training and out of it, which the clipping of single records does not bound.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function forTesting(records: Identified, rule: SplitRule): boolean[] {
  const { testFraction, key } = parseWith(ruleSchema, rule, 'the split');
  return keyedPositions(records, key).map((position) => position < testFraction);
}

/** Of each record of a table whether it is tested on, told by the caller: all may then be on one side. */
export type Sides = readonly boolean[];

/** Whether a part may be empty: where the caller has said the side of each record. */
export function mayBeOneSided(split: SplitRule | Sides): split is Sides {
  return Array.isArray(split);
}

/**
 * The rows of both parts.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where one is empty and must not be
 */
export function partRows(
  name: string,
  sides: readonly boolean[],
  { oneSided = false }: { readonly oneSided?: boolean } = {},
): { readonly train: number[]; readonly test: number[] } {
  const rows = { train: [] as number[], test: [] as number[] };
  sides.forEach((isTest, row) => rows[isTest ? 'test' : 'train'].push(row));
  for (const part of ['train', 'test'] as const)
    if (rows[part].length === 0 && !oneSided)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `${name}: the ${part} part is empty. Each patient's side depends on that patient alone, so that a few patients ` +
          'may all be on one: bring more of them, or a split of your own (schema.json: split)',
        'split',
      );
  return rows;
}

/**
 * Parts a data set in two, each patient by `forTesting`: shares of patients and of classes are as chance has it.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the option; CONFIG_INCOMPATIBLE where a part would be empty
 */
export function splitTrainTest(
  dataset: MedicalDataset,
  rule: SplitRule,
): { readonly train: MedicalDataset; readonly test: MedicalDataset } {
  const { name, count, patientIds } = dataset;
  const content = contentOf(dataset);
  const rows = partRows(name, forTesting({ name, count, patientIds, content }, rule));
  return { train: dataset.subset(rows.train, `${name}, train`), test: dataset.subset(rows.test, `${name}, test`) };
}

import { FedwardError, parseWith, type Random } from '@fedward/core';
import * as z from 'zod';
import type { MedicalDataset } from '../dataset.js';
import { hmacSha256 } from './hmac.js';

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

/** Records that a split is asked about: of a table as it was read, or a data set. */
export interface Identified {
  readonly name: string;
  readonly count: number;
  /** Whose each is. Without them a record stands for itself. */
  readonly patientIds?: readonly string[] | undefined;
  /** The content of one record, label included: records that are equal in it stay together. */
  content(row: number): Float64Array;
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
export function forTesting({ count, patientIds, content }: Identified, rule: SplitRule): boolean[] {
  const { testFraction, key } = parseWith(ruleSchema, rule, 'the split');
  const hmac = hmacSha256(key);
  const isTest = (kind: string, identity: string | Uint8Array): boolean =>
    hmac(kind, identity) < testFraction * 2 ** 48;
  if (!patientIds) {
    const bytesOf = toBytes();
    return Array.from({ length: count }, (_, row) => isTest('record:', bytesOf(content(row))));
  }
  const known = new Map<string, boolean>();
  return patientIds.map((id) => {
    const found = known.get(id) ?? isTest('patient:', id);
    known.set(id, found);
    return found;
  });
}

/**
 * The rows of both parts.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where one is empty
 */
export function partRows(
  name: string,
  sides: readonly boolean[],
): { readonly train: number[]; readonly test: number[] } {
  const rows = { train: [] as number[], test: [] as number[] };
  sides.forEach((isTest, row) => rows[isTest ? 'test' : 'train'].push(row));
  for (const part of ['train', 'test'] as const)
    if (rows[part].length === 0)
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
  const { name, count, patientIds, features, labels } = dataset;
  const width = features.length / count;
  const content = (row: number): Float64Array => {
    const own = new Float64Array(width + 1);
    own.set(features.subarray(row * width, (row + 1) * width));
    own[width] = labels[row]!;
    return own;
  };
  const rows = partRows(name, forTesting({ name, count, patientIds, content }, rule));
  return { train: dataset.subset(rows.train, `${name}, train`), test: dataset.subset(rows.test, `${name}, test`) };
}

/** Records as bytes, -0 as 0: equal numbers, equal bytes. Those of one record are to be read before the next. */
function toBytes(): (content: Float64Array) => Uint8Array {
  let bytes = new Uint8Array(0);
  let view = new DataView(bytes.buffer);
  return (content) => {
    if (bytes.byteLength !== content.byteLength) {
      bytes = new Uint8Array(content.byteLength);
      view = new DataView(bytes.buffer);
    }
    for (let i = 0; i < content.length; i++) view.setFloat64(8 * i, content[i]! + 0); // -0 + 0 is 0
    return bytes;
  };
}

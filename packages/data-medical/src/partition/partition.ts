import { assertThat, parseWith } from '@fedward/core';
import * as z from 'zod';
import type { MedicalDataset } from '../dataset.js';
import { partitionShape, type PartitionOptions } from './hospitals.js';
import { divideByMix, divideBySize, divideEvenly, type HospitalRows } from './rows.js';

const iidSchema = z.strictObject(partitionShape);
const skewSchema = z.strictObject({ ...partitionShape, alpha: z.number().positive() });

/** How uneven the parts are made. */
export interface SkewOptions extends PartitionOptions {
  /** Concentration, > 0: the smaller, the more the hospitals differ; towards infinity they are alike. */
  readonly alpha: number;
}

/*
 * Common to all: every record goes to exactly one hospital, all records of a patient to the same one. The same
 * data, options and stream give the same hospitals.
 *
 * They are for making hospitals of one public data set in a simulation. They balance: where a patient goes hangs on how
 * many others there are, and on their records, so that a patient more or less moves others. An epsilon of what is then
 * trained speaks of the hospitals' records as they are afterwards, and not of the data set that was parted.
 */

/**
 * Hospitals of one size with patients at random: each patient in turn, in random order, goes to the hospital
 * with the fewest records.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the option; CONFIG_INCOMPATIBLE where the records don't suffice
 */
export function partitionIid(dataset: MedicalDataset, { random, ...options }: PartitionOptions): MedicalDataset[] {
  const { hospitals, minimumRecords } = parseWith(iidSchema, options, 'the partition');
  return dataSets(dataset, divideEvenly(hospitals, random)(dataset, minimumRecords));
}

/**
 * Hospitals of one size with different mixes of classes: hospital k draws its mix q_k from Dirichlet(alpha p),
 * p being the classes' shares in the whole (Hsu, Qi and Brown 2019, arXiv:1909.06335), and then patients by q_k,
 * without replacement. A patient's class is the most common of his or her records.
 *
 * Where a class is used up, q_k is taken over the classes that are left. Hospitals take turns, the one with the
 * fewest records first, so that the shortage is shared rather than left to the last. The other partition that
 * goes by the name Dirichlet, which divides each class over the hospitals (Yurochkin et al. 2019), makes sizes
 * differ as well; here that is `partitionQuantitySkew`'s part.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for a data set without classes, otherwise as `partitionIid`
 */
export function partitionDirichlet(dataset: MedicalDataset, { random, ...options }: SkewOptions): MedicalDataset[] {
  const { hospitals, minimumRecords, alpha } = parseWith(skewSchema, options, 'the partition');
  assertThat(dataset.classes !== undefined, 'classes', `data set ${dataset.name} has no classes to divide by`);
  return dataSets(dataset, divideByMix(dataset, hospitals, alpha, random)(dataset, minimumRecords));
}

/**
 * Hospitals of different sizes with patients at random: each first gets `minimumRecords`, and the other patients
 * go to hospital k with probability s_k, s drawn from Dirichlet(alpha, ..., alpha) (the quantity skew of Li, Diao,
 * Chen and He 2022, arXiv:2102.02079).
 *
 * @throws {FedwardError} as `partitionIid`
 */
export function partitionQuantitySkew(dataset: MedicalDataset, { random, ...options }: SkewOptions): MedicalDataset[] {
  const { hospitals, minimumRecords, alpha } = parseWith(skewSchema, options, 'the partition');
  return dataSets(dataset, divideBySize(hospitals, alpha, random)(dataset, minimumRecords));
}

function dataSets(dataset: MedicalDataset, rows: HospitalRows): MedicalDataset[] {
  return rows.map((own, h) => dataset.subset(own, `${dataset.name}, hospital ${h}`));
}

import { join } from 'node:path';
import { parseWith } from '@fedward/core';
import { allUsed } from '@fedward/kit-tables';
import * as z from 'zod';
import { encodeCsv } from '../csv/read.js';
import { csvOptionsSchema } from '../csv/options.js';
import type { HospitalData, MedicalDataset } from '../dataset.js';
import { readPublished } from '../files.js';
import { once } from '../heart-disease/split.js';
import { partRows } from '../partition/train-test.js';
import { assignPatients } from './assign.js';
import { parkinsonsFile } from './file.js';
import type { WithPreprocessing } from '../study/preprocessing.js';
import { parkinsonsPreprocessing, scaleByConstants } from './scale.js';
import { parkinsonsSchema, type ParkinsonsTarget } from './schema.js';

const readSchema = z.strictObject({
  target: z.enum(['total_UPDRS', 'motor_UPDRS']).default('total_UPDRS'),
  scale: z.enum(['constants', 'none']).default('constants'),
});

const loadSchema = readSchema.extend({
  hospitals: z.int().min(1).max(21).default(4),
  testFraction: z.number().gt(0).lt(1).default(0.25),
  seed: z.union([z.int(), z.string()]).default(0),
});

/** How the Parkinson's file is read. */
export interface ParkinsonsReadOptions {
  /** Default `total_UPDRS`. */
  readonly target?: ParkinsonsTarget;
  /** `constants` (default): features by public constants, within -3 and 3; `none`: as recorded. */
  readonly scale?: 'constants' | 'none';
}

/** Of `loadParkinsons`. */
export interface ParkinsonsOptions extends ParkinsonsReadOptions {
  /** Number of hospitals among which the patients are parted at random, 1 to 21. Default 4. */
  readonly hospitals?: number;
  /** Share of each hospital's patients that are tested on, in (0, 1). Default 0.25. */
  readonly testFraction?: number;
  /** Default 0. */
  readonly seed?: number | string;
}

/**
 * Parkinson's telemonitoring: 5,875 voice recordings of 42 patients, 101 to 168 of each, as one data set. `patientIds`
 * are the study's numbers; labels are in points of the scale.
 *
 * @param dataDir the folder of data sets; the file is in its folder `parkinsons-telemonitoring`
 * @throws {FedwardError} CONFIG_INVALID naming the option; FILE_NOT_FOUND or FILE_INVALID; DIGEST_MISMATCH for a file
 * that is not, byte for byte, what was published
 */
export async function readParkinsons(dataDir: string, options: ParkinsonsReadOptions = {}): Promise<MedicalDataset> {
  const { target, scale } = parseWith(readSchema, options, "the Parkinson's telemonitoring options");
  const folder = join(dataDir, 'parkinsons-telemonitoring');
  const bytes = await readPublished(folder, parkinsonsFile);
  const { dataset } = await encodeCsv(
    () => once(bytes),
    join(folder, parkinsonsFile.name),
    "Parkinson's telemonitoring",
    parkinsonsSchema(target),
    csvOptionsSchema.parse({}),
  );
  return scale === 'constants' ? scaleByConstants(dataset) : dataset;
}

/**
 * The patients of `readParkinsons` at hospitals of nearly as many patients each, each hospital's parted again into those
 * it trains on and those it is judged on. A patient is at one hospital and in one part: a split by recording would have
 * the same person's voice in both, and measure how well people are recognised. Where a patient is hangs on the study's
 * number alone (see `assignPatients`).
 *
 * @throws {FedwardError} as `readParkinsons`; CONFIG_INCOMPATIBLE where a hospital has too few patients to be parted
 */
export async function loadParkinsons(
  dataDir: string,
  options: ParkinsonsOptions = {},
): Promise<readonly (HospitalData & WithPreprocessing)[]> {
  const { target, scale, ...parts } = parseWith(loadSchema, options, "the Parkinson's telemonitoring options");
  const hospitals = partParkinsons(await readParkinsons(dataDir, { target, scale }), parts);
  if (scale === 'none') return hospitals;
  const preprocessing = parkinsonsPreprocessing(target);
  return hospitals.map((hospital) => ({ ...hospital, preprocessing }));
}

/** The same for data that are there already. @param whole with the study's patient numbers */
export function partParkinsons(
  whole: MedicalDataset,
  { hospitals, testFraction, seed }: { hospitals: number; testFraction: number; seed: number | string },
): readonly HospitalData[] {
  const placeOf = assignPatients(hospitals, testFraction, seed);
  const places = whole.patientIds!.map(placeOf);
  return Array.from({ length: hospitals }, (_, h): HospitalData => {
    const own = places.flatMap(({ hospital }, row) => (hospital === h ? [row] : []));
    const name = `Hospital ${h}`;
    const { train, test } = partRows(
      name,
      own.map((row) => places[row]!.testing),
    );
    const part = (rows: readonly number[], which: string) =>
      whole.subset(
        rows.map((i) => own[i]!),
        `${name}, ${which}`,
      );
    return {
      id: `hospital-${h}`,
      name,
      rows: allUsed(own.length),
      train: part(train, 'train'),
      test: part(test, 'test'),
    };
  });
}

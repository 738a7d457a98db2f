import {
  featureSums,
  fitScaler,
  fitScalerFromSums,
  type RowCounts,
  type Scaler,
  type Table,
} from '@fedward/kit-tables';
import type { MedicalDataset } from '../dataset.js';
import type { SplitRule } from '../partition/train-test.js';
import { finishParts, partRecords, type PartedRecords } from '../prepare-records.js';
import { preprocessingOf, type Preprocessing } from './preprocessing.js';

/** A hospital whose data were read. */
export interface UnpreparedHospital {
  readonly id: string;
  readonly records: Table;
  readonly split: SplitRule;
}

/** The same, ready to train. */
export interface PreparedHospital {
  readonly id: string;
  readonly train: MedicalDataset;
  readonly test: MedicalDataset;
  /** Where a step after the reading left rows out. */
  readonly rows?: RowCounts;
  readonly preprocessing: Preprocessing;
}

/** Hospitals that are ready, and what left them for it. */
export interface Prepared {
  readonly hospitals: readonly PreparedHospital[];
  /** What each hospital told the others before the first round, in words; empty where nothing was. */
  readonly released: readonly string[];
}

/** By whose records columns are scaled that declare no scale. */
export type Standardization = 'site' | 'federation';

/**
 * From records as they were read to what is trained and tested on, of all hospitals of a study: each parts its own, fills
 * in and scales its own; with `standardization: 'federation'` by mean and deviation of all training parts together, from
 * counts, sums and sums of squares that leave each. The tables are gone afterwards.
 *
 * @throws {FedwardError} as `prepareRecords`
 */
export function prepareHospitals(hospitals: readonly UnpreparedHospital[], standardization: Standardization): Prepared {
  const parted = hospitals.map(({ id, records, split }) => ({ id, parts: partRecords(records, { split }) }));
  const common = standardization === 'federation' ? fittedTogether(parted.map(({ parts }) => parts)) : undefined;
  const prepared = parted.map(({ id, parts }): PreparedHospital => {
    const { schema } = parts.encoded.table;
    const scaler = common ?? fitScaler(parts.encoded, parts.trainedOn, 'the training part');
    return { id, ...finishParts(parts, scaler), preprocessing: preprocessingOf(schema, scaler, standardization) };
  });
  const told = common?.sharedStatistics !== undefined;
  return {
    hospitals: prepared,
    released: told ? ['count, sums and sums of squares of the columns of numbers, over its training part'] : [],
  };
}

function fittedTogether(parts: readonly PartedRecords[]): Scaler {
  const [first] = parts;
  const { encoded } = first!;
  return fitScalerFromSums(
    encoded.table.schema,
    encoded.width,
    (about) => parts.map((part) => featureSums(part.encoded, part.trainedOn, about)),
    'the training parts of all hospitals',
  );
}

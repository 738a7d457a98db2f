import {
  featureSums,
  fitScaler,
  fitScalerFromSums,
  imputationOf,
  type ImputerFit,
  type RowCounts,
  type Scaler,
  type Table,
} from '@fedward/kit-tables';
import type { MedicalDataset } from '../dataset.js';
import { fitImputation, fitImputationFederated } from '../impute/fit.js';
import { imputerOf, learnedImputer } from '../impute/imputer.js';
import type { ImputationModel } from '../impute/model.js';
import { declaresImputation, imputationRecords } from '../impute/records.js';
import { sumsOfAll } from '../impute/sums.js';
import { mayBeOneSided, partRows, type Sides, type SplitRule } from '../partition/train-test.js';
import { finishParts, partRecords, sidesOf, type PartedRecords } from '../prepare-records.js';
import { preprocessingOf, type Preprocessing } from './preprocessing.js';

/** A hospital whose data were read. */
export interface UnpreparedHospital {
  readonly id: string;
  readonly records: Table;
  /** Or the side of each record (see `Preparation`). */
  readonly split: SplitRule | Sides;
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

/** What is learned of missing values: by whom, and what came of it. */
interface Imputation {
  readonly imputer?: ImputerFit;
  /** Once the imputer has learned. */
  model(): ImputationModel | undefined;
}

/**
 * From records as they were read to what is trained and tested on, of all hospitals of a study: each parts its own, fills
 * in and scales its own. With `standardization: 'federation'` numbers are scaled by mean and deviation of all training
 * parts together, with `imputation: { fitted: 'federation' }` in the schema missing values are learned of all of them: from
 * sums that leave each. The tables are gone afterwards.
 *
 * @throws {FedwardError} as `prepareRecords` and `fitImputationFederated`
 */
export async function prepareHospitals(
  hospitals: readonly UnpreparedHospital[],
  standardization: Standardization,
): Promise<Prepared> {
  const together = await learnedTogether(hospitals);
  const parted = hospitals.map(({ id, records, split }) => {
    const imputation = together ?? learnedAlone(records);
    const { imputer } = imputation;
    return { id, imputation, parts: partRecords(records, { split, ...(imputer && { imputer }) }) };
  });
  const common =
    standardization === 'federation' ? scaledTogether(parted.map(({ parts }) => parts).filter(trains)) : undefined;
  const prepared = parted.map(({ id, imputation, parts }): PreparedHospital => {
    const { schema } = parts.encoded.table;
    const scaler = common ?? fitScaler(parts.encoded, parts.learnedFrom, 'the training part');
    const preprocessing = preprocessingOf(schema, { scaler, imputation: imputation.model(), standardization });
    return { id, ...finishParts(parts, scaler), preprocessing };
  });
  return {
    hospitals: prepared,
    released: [
      ...(together ? ['sums by which missing values are learned, over its training part'] : []),
      ...(common?.sharedStatistics !== undefined
        ? ['count, sums and sums of squares of the columns of numbers, over its training part']
        : []),
    ],
  };
}

/** Whoever trains on nothing has no say in what is learned over the federation. */
function trains({ trainedOn }: PartedRecords): boolean {
  return trainedOn.length > 0;
}

/** Undefined where nothing is to be learned over the federation. */
async function learnedTogether(hospitals: readonly UnpreparedHospital[]): Promise<Imputation | undefined> {
  const { schema } = hospitals[0]!.records;
  if (!declaresImputation({ schema }) || imputationOf(schema).fitted !== 'federation') return undefined;
  const parts = hospitals.flatMap(({ records, split }) => {
    const { train } = partRows(records.name, sidesOf(records, split), { oneSided: mayBeOneSided(split) });
    const rows = train.filter((row) => row < records.rowCount);
    return mayBeOneSided(split) && rows.length === 0 ? [] : [imputationRecords(records, rows)];
  });
  const model = await fitImputationFederated(schema, async (options) => sumsOfAll(options, parts));
  return { imputer: learnedImputer(model), model: () => model };
}

function learnedAlone({ schema }: Table): Imputation {
  if (!declaresImputation({ schema })) return { model: () => undefined };
  let model: ImputationModel | undefined;
  return {
    imputer: (table, rows) => {
      model = fitImputation(table, rows);
      return imputerOf(model, table.schema);
    },
    model: () => model,
  };
}

function scaledTogether(parts: readonly PartedRecords[]): Scaler {
  const { encoded } = parts[0]!;
  return fitScalerFromSums(
    encoded.table.schema,
    encoded.width,
    (about) => parts.map((part) => featureSums(part.encoded, part.trainedOn, about)),
    'the training parts of all hospitals',
  );
}

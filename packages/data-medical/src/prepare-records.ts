import { FedwardError } from '@fedward/core';
import {
  assertNoneToImpute,
  declaredScaler,
  EncodedTable,
  fitScaler,
  imputationMethod,
  imputationOf,
  imputeTable,
  Table,
  type ImputerFit,
  type RawRecord,
  type RowCounts,
  type Scaler,
  type TableSchema,
} from '@fedward/kit-tables';
import type { MedicalDataset } from './dataset.js';
import { fittedImputer } from './impute/fit.js';
import { medicalDatasets } from './medical-datasets.js';
import { forTesting, mayBeOneSided, partRows, type Sides, type SplitRule } from './partition/train-test.js';

/** What is done to the records of a hospital before it trains on them. */
export interface Preparation {
  /**
   * Where the data do not bring their own split; or the side of each record, whatever the data say. All records may then be
   * on one side. Where none is trained on, what is to be learned is learned from those that are tested on, without their
   * labels: as a hospital does that uses a model in whose training it took no part.
   */
  readonly split: SplitRule | Sides;
  /**
   * Where the schema leaves missing values to one (`"missing": "impute"`): made from the rows that are trained on. What it
   * learns from them it has to say (see `Imputer`). Where the schema names methods (`"missing": { "impute": ... }`), the
   * default is what they learn from the training part; of methods that are to be fitted over a federation it is the
   * `learnedImputer` of what was fitted.
   */
  readonly imputer?: ImputerFit;
  /**
   * What becomes of numeric columns that declare neither a scale nor a range: `fit` (default) scales them by mean and
   * deviation of the training part, so that no site trains on it where records or patients are protected; `none` leaves them as they were recorded.
   */
  readonly undeclared?: 'fit' | 'none';
}

/** Training and test part of a hospital. */
export interface Parts {
  readonly train: MedicalDataset;
  readonly test: MedicalDataset;
  /** Where an imputer took part: what became of the rows, those that it has left out among them. */
  readonly rows?: RowCounts;
}

/**
 * From records as they were read to what is trained and tested on: first the split, then what is missing, then the scales,
 * then float32. Where each numeric column declares its scale, what becomes of a record hangs on that record and the schema
 * alone, unless an imputer learns from others. Values to be predicted are cut to what is declared of them in the training
 * part; the test part has what was recorded. The records themselves are gone afterwards.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where a part would be empty, or missing values are left to an imputer that is
 *   not there or fills in none; DATA_MALFORMED where the data's own split has a patient on both sides
 */
export function prepareRecords(records: Table, { undeclared = 'fit', ...preparation }: Preparation): Parts {
  const parted = partRecords(records, preparation);
  const scaler =
    undeclared === 'fit'
      ? fitScaler(parted.encoded, parted.learnedFrom, 'the training part')
      : declaredScaler(records.schema);
  return finishParts(parted, scaler);
}

/** Records that are parted and complete, and not yet scaled. */
export interface PartedRecords {
  readonly name: string;
  readonly encoded: EncodedTable;
  /** Of each record. */
  readonly testing: readonly boolean[];
  /** Records of the training part. */
  readonly trainedOn: readonly number[];
  /** Records that a site scales its own by: the training part, or all where there is none. */
  readonly learnedFrom: readonly number[];
  /** Where an imputer took part. */
  readonly rows?: RowCounts;
}

/** The first half of `prepareRecords`: the split, then what is missing. */
export function partRecords(records: Table, preparation: Omit<Preparation, 'undeclared'>): PartedRecords {
  const { split, imputer = imputerByName(records) } = preparation;
  const { name, schema } = records;
  if (!imputer) assertNoneToImpute(schema);
  const sides = sidesOf(records, split);
  const { table, testing } = imputer
    ? imputed(records, sides, imputer, mayBeOneSided(split))
    : { table: records, testing: sides };
  const { train: trainedOn, test } = partRows(name, testing, { oneSided: mayBeOneSided(split) });
  const learnedFrom = trainedOn.length > 0 ? trainedOn : test;
  const encoded = new EncodedTable(table);
  return { name, encoded, testing, trainedOn, learnedFrom, ...(imputer && { rows: table.rows }) };
}

/** Of each record, whether it is tested on: by what the data say, or by the rule. */
export function sidesOf(records: Table, split: SplitRule | Sides): readonly boolean[] {
  if (mayBeOneSided(split)) return split;
  return records.schema.split ? ownSplit(records) : forTesting(new EncodedTable(records), split);
}

/** The second half: scales, then float32. */
export function finishParts({ name, encoded, testing, rows }: PartedRecords, scaler: Scaler): Parts {
  const [train, test] = medicalDatasets(
    encoded,
    [{ name: `${name}, train`, cutLabels: true }, { name: `${name}, test` }],
    (record) => Number(testing[record]),
    scaler,
  );
  return { train, test, ...(rows && { rows }) };
}

/** By the methods that the schema names, where it names any and each site is to learn by itself. */
function imputerByName({ schema }: Table): ImputerFit | undefined {
  const named = schema.columns.find((column) => imputationMethod(column) !== undefined);
  if (!named) return undefined;
  if (imputationOf(schema).fitted === 'site') return fittedImputer;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `missing values of "${named.name}" are to be learned over the federation: bring what was learned ` +
      '(fitImputationFederated, learnedImputer), or say "imputation": { "fitted": "site" }',
    named.name,
  );
}

/** What an imputer that may learn from the training part leaves of both. */
function imputed(records: Table, sides: readonly boolean[], fit: ImputerFit, oneSided: boolean) {
  const { train, test } = partRows(records.name, sides, { oneSided });
  const rows = (train.length > 0 ? train : test).filter((record) => record < records.rowCount); // what joined lacks nothing, and is no row
  const { table, kept } = imputeTable(records, fit(records, rows));
  return { table, testing: kept.map((record) => sides[record]!) };
}

/** Whether a record would be trained on, were it among these. It hangs on that record alone. */
export function isTrainedOn(record: RawRecord, schema: TableSchema, { split }: { readonly split: SplitRule }): boolean {
  if (schema.split) return true;
  const alone = new Table('', schema);
  alone.join([record]);
  return !forTesting(new EncodedTable(alone), split)[0];
}

/** What the split column says; no patient is to be recognised in the test part. */
function ownSplit({ name, schema, testing, patientIds, lines }: Table): readonly boolean[] {
  const sides = new Map<string, boolean>();
  patientIds?.forEach((id, row) => {
    const side = sides.get(id) ?? testing[row]!;
    if (side !== testing[row])
      throw new FedwardError(
        'DATA_MALFORMED',
        `${name}, line ${lines[row]}: column "${schema.split!.column}" has a patient on both sides of the split`,
        schema.split!.column,
      );
    sides.set(id, side);
  });
  return testing;
}

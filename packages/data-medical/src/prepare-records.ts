import { FedwardError } from '@fedward/core';
import type { MedicalDataset } from './dataset.js';
import { forTesting, partRows, type SplitRule } from './partition/train-test.js';
import { declaredScalings, fittedScalings, RawRecords, type RawRecord } from './raw-records.js';
import type { TableSchema } from './schema.js';
import { declaredScaling } from './scaling.js';

/** What is done to the records of a hospital before it trains on them. */
export interface Preparation {
  /** Where the data do not bring their own split. */
  readonly split: SplitRule;
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
}

/**
 * From records as they were read to what is trained and tested on: first the split, then the scales, then float32.
 * Where each numeric column declares its scale, what becomes of a record hangs on that record and the schema alone.
 * Values to be predicted are cut to what is declared of them in the training part; the test part has what was recorded.
 * The records themselves are gone afterwards.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where a part would be empty; DATA_MALFORMED where the data's own split has
 *   a patient on both sides
 */
export function prepareRecords(records: RawRecords, { split, undeclared = 'fit' }: Preparation): Parts {
  const { name, schema } = records;
  const testing = schema.split ? ownSplit(records) : forTesting(records, split);
  const rows = partRows(name, testing);
  const scalings = undeclared === 'fit' ? fittedScalings(records, rows.train) : declaredScalings(schema);
  const own = undeclared === 'fit' && undeclaredColumns(schema).length > 0;
  const [train, test] = records.release(
    [{ name: `${name}, train`, cutLabels: true }, { name: `${name}, test` }],
    (row) => Number(testing[row]),
    { scalings, ...(own && { sharedStatistics: 'mean and deviation of the training part' }) },
  );
  return { train, test };
}

/** Whether a record would be trained on, were it among these. It hangs on that record alone. */
export function isTrainedOn(record: RawRecord, schema: TableSchema, { split }: Preparation): boolean {
  if (schema.split) return true;
  const alone = new RawRecords('', schema);
  alone.join([record]);
  return !forTesting(alone, split)[0];
}

/** The names of numeric columns that declare neither a scale nor a range. */
export function undeclaredColumns({ columns }: Pick<TableSchema, 'columns'>): string[] {
  return columns.flatMap((column) => (column.kind === 'numeric' && !declaredScaling(column) ? [column.name] : []));
}

/** What the split column says; no patient is to be recognised in the test part. */
function ownSplit({ name, schema, testing, patientIds, lines }: RawRecords): readonly boolean[] {
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

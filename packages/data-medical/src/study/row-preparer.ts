import { FedwardError } from '@fedward/core';
import {
  cellsOf,
  declaredImputer,
  featuresOf,
  isArray,
  noValueIn,
  rowEncoder,
  scaled,
  type Row,
  type Scaling,
} from '@fedward/kit-tables';
import { imputerOf } from '../impute/imputer.js';
import { declaresImputation } from '../impute/records.js';
import { scalingOf, type Preprocessing } from './preprocessing.js';

/** Makes a model's input of one row at a time, so that a file of any length can go by. */
export interface RowPreparer {
  /** Of one example: the model's `inputShape`. */
  readonly featureShape: readonly number[];
  /** Number of values of one example. */
  readonly width: number;
  /**
   * The same as `preprocessed` makes of it, bit by bit.
   * @param row as it was read by the preprocessing's schema; missing values are filled in
   * @param into where the features go, from `at` on; written in part where the row has none
   * @returns why it can't be scored, never what a cell holds; undefined where it can
   */
  prepare(row: Row, into: Float32Array, at: number): string | undefined;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where what missing values are filled in by was not kept */
export function rowPreparer({ schema, scalings, imputation, features }: Preprocessing): RowPreparer {
  if (declaresImputation({ schema }) && !imputation)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'missing values are filled in by the records of patients nearby, which are not kept with the model',
      'imputation',
    );
  const imputer = imputation ? imputerOf(imputation, schema) : declaredImputer(schema);
  const encoder = rowEncoder(schema.columns);
  const kept = features ?? Array.from({ length: encoder.width }, (_, j) => j);
  const own = kept.map((j): Scaling => (scalings[j] ? scalingOf(scalings[j]) : asRecorded));
  const columns = featuresOf(schema.columns).map(({ column }) => column);
  const [first] = schema.columns;
  const array = features === null && first && isArray(first) ? first : undefined;
  return {
    featureShape: array ? array.shape : [kept.length],
    width: array ? cellsOf(array) : kept.length,
    prepare(row, into, at) {
      const reason = imputer.impute(row);
      if (reason !== undefined) return reason;
      const values = encoder.encode(row);
      for (let i = 0; i < kept.length; i++) {
        const feature = Math.fround(scaled(values[kept[i]!]!, own[i]!));
        if (feature - feature !== 0) return notFinite(feature, columns[kept[i]!]!);
        into[at + i] = feature;
      }
      return undefined;
    },
  };
}

const asRecorded: Scaling = { center: 0, spread: 1, limit: Infinity };

function notFinite(feature: number, column: string): string {
  return Number.isNaN(feature) ? noValueIn(column) : `a number in ${column} that is beyond float32 once it is scaled`;
}

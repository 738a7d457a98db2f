export { EncodedTable } from './encode/encoded-table.js';
export { rowEncoder, type RowEncoder } from './encode/encoder.js';
export { assertNoneToImpute, declaredImputer } from './impute/declared.js';
export { imputeTable, type ImputedTable } from './impute/impute-table.js';
export type { Imputer, ImputerFit } from './impute/imputer.js';
export { isTotal, assertOneSpelling } from './reader/ids.js';
export { malformed, place, type RowPlace } from './reader/place.js';
export { readTable, type RowReader } from './reader/read-table.js';
export type { ColumnNote, TableSource } from './reader/source.js';
export type { ArrayCell, TextRow } from './reader/text-row.js';
export { columnsRead, isBlank, textRowReader, usualMissing, type TextOptions } from './reader/text-rows.js';
export { featureSums, fitScalerFromSums, type AskSums, type FeatureSums } from './scale/moments.js';
export { declaredScaler, declaredScalings, fitScaler, undeclaredColumns, type Scaler } from './scale/scaler.js';
export { clipped, declaredScaling, scaled, type DeclaredScaling, type Scaling } from './scale/scaling.js';
export {
  cellsIn,
  cellsOf,
  columnSchema,
  imputationMethod,
  isArray,
  type ArrayColumn,
  type Column,
  type ImputationMethod,
  type Level,
} from './schema/columns.js';
export { featuresOf, isScaled, widthOf, type Feature } from './schema/features.js';
export { notKnown, subgroupsOf, type KnownSubgroup, type RecordGroups, type Subgroup } from './schema/subgroups.js';
export {
  imputationOf,
  tableSchema,
  withoutScales,
  withoutSubgroups,
  type ImputationSettings,
  type LabelColumn,
  type TableSchema,
  type TableSchemaInput,
  type TimeColumn,
} from './schema/table-schema.js';
export { coursesOf } from './table/courses.js';
export { allUsed, blankRow, droppedOf, type DroppedRows, type RowCounts } from './table/row-counts.js';
export type { OutsideRows } from './table/outside.js';
export { emptyRow, noValueIn, type Row } from './table/row.js';
export { someRows } from './table/some-rows.js';
export { Table, type RawRecord } from './table/table.js';
export { trainingData, type Part, type TableData } from './training-data.js';
export {
  canonicalText,
  hasGroupsOfThree,
  hasUnit,
  missingTokens,
  parseNumber,
  valueKey,
  type DecimalMark,
  type MissingTokens,
} from './values/equality.js';

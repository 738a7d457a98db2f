import { FedwardError, type TrainingData } from '@fedward/core';
import type { EncodedTable } from './encode/encoded-table.js';
import { place } from './reader/place.js';
import { declaredScaler, type Scaler } from './scale/scaler.js';
import { clipped, declaredScaling, scaled, type Scaling } from './scale/scaling.js';
import { isArray, type Column } from './schema/columns.js';
import { featuresOf, widthOf } from './schema/features.js';
import type { RecordGroups } from './schema/subgroups.js';

/** Where a record may go. */
export interface Part {
  readonly name: string;
  /** Whether values that are to be predicted are cut to what the schema declares of them: for what is trained on. */
  readonly cutLabels?: boolean;
}

/** What a part of a table has become. */
export interface TableData extends TrainingData {
  readonly name: string;
  /** Where the schema names subgroups: to which its records belong. No part of the features. */
  readonly groups?: readonly RecordGroups[];
}

/**
 * The last step: the records of a table in one or several parts, features scaled and then rounded to float32, in memory
 * that threads share. What was read goes while these are made: it can be asked for once. What the table or the scaler was
 * marked with (`sharedStatistics`) each part is.
 *
 * @param parts of which none is to be empty
 * @param partOf the part that a record goes to: a position in `parts`
 * @param scaler by default what the schema declares
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, with line and column, for a missing value that no step has filled in;
 *   DATA_NOT_FINITE for what a step has made of a value, where there is no such float32
 */
export function trainingData<const P extends readonly Part[]>(
  encoded: EncodedTable,
  parts: P,
  partOf: (record: number) => number,
  scaler: Scaler = declaredScaler(encoded.table.schema),
): { readonly [K in keyof P]: TableData } {
  const { width, count, table } = encoded;
  const { label } = table.schema;
  const { patientIds } = table;
  const declared = label.kind === 'value' ? declaredScaling(label) : undefined;
  const counts = parts.map(() => 0);
  for (let record = 0; record < count; record++) counts[partOf(record)]!++;
  const made = parts.map(({ name, cutLabels }, i) => ({
    name,
    features: sharedFloats(counts[i]! * width),
    labels: sharedFloats(counts[i]!),
    patientIds: [] as string[],
    records: [] as number[],
    cut: cutLabels ? declared : undefined,
    count: 0,
  }));
  const scalings = scaler.scalings.map((own) => own ?? asRecorded);
  for (let record = 0; record < count; record++) {
    const part = made[partOf(record)]!;
    const values = encoded.take(record);
    const start = part.count * width;
    for (let j = 0; j < width; j++) {
      const feature = Math.fround(scaled(values[j]!, scalings[j]!));
      if (feature - feature !== 0) throw noFeature(encoded, record, j, feature); // NaN or infinite
      part.features[start + j] = feature;
    }
    const y = table.labels[record]!;
    part.labels[part.count++] = part.cut ? clipped(y, part.cut) : y;
    if (patientIds) part.patientIds.push(patientIds[record]!);
    if (table.subgroups.length > 0) part.records.push(record);
  }
  const words = [table.sharedStatistics, scaler.sharedStatistics].filter((some) => some !== undefined).join('; ');
  const data = made.map((part): TableData => ({
    name: part.name,
    count: part.count,
    featureShape: shapeOf(table.schema.columns),
    features: part.features,
    labels: part.labels,
    ...(patientIds && { patientIds: part.patientIds }),
    ...(words !== '' && { sharedStatistics: words }),
    ...(table.subgroups.length > 0 && { groups: table.groupsOf(part.records) }),
  }));
  return data as unknown as { readonly [K in keyof P]: TableData };
}

/** Of one record: that of its array, or a row of features. */
function shapeOf(columns: readonly Column[]): readonly number[] {
  const [first] = columns;
  return first && isArray(first) ? first.shape : [widthOf(columns)];
}

/** [length], 0: where threads can read it, so that none needs a copy. */
function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}

/** Changes no number. */
const asRecorded: Scaling = { center: 0, spread: 1, limit: Infinity };

function noFeature({ name, table }: EncodedTable, record: number, position: number, feature: number): FedwardError {
  const { column } = featuresOf(table.schema.columns)[position]!;
  const at = place(name, table.lines[record]!, column);
  return Number.isNaN(feature)
    ? new FedwardError('CONFIG_INCOMPATIBLE', `${at}: there is no value, and no imputer has filled one in`, column)
    : new FedwardError('DATA_NOT_FINITE', `${at}: what it was scaled or filled in to is no finite float32`, column);
}

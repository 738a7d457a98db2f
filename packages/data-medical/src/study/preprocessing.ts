import { parseWith } from '@fedward/core';
import {
  EncodedTable,
  tableSchema,
  type Scaler,
  type Scaling,
  type Table,
  type TableSchema,
} from '@fedward/kit-tables';
import * as z from 'zod';
import type { MedicalDataset } from '../dataset.js';
import { medicalDatasets } from '../medical-datasets.js';

/** A number of JSON, which has no infinities. */
const orInfinite = z.number().positive().nullable();

const preprocessingSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** What was fitted, and on whose records. */
  fittedOn: z.enum(['nothing', 'site', 'federation']),
  schema: tableSchema,
  /** One a feature; null: as recorded. A spread or limit of null is infinite. */
  scalings: z.array(z.strictObject({ center: z.number(), spread: orInfinite, limit: orInfinite }).nullable()),
});

/**
 * What is done to a record before a model sees it, fitted numbers included: a part of the model. With it a new patient, and
 * a hospital that took no part, can be scored. What was fitted on records is facts about them.
 */
export type Preprocessing = z.output<typeof preprocessingSchema>;

/** @param scaler by which features were scaled */
export function preprocessingOf(schema: TableSchema, scaler: Scaler, fittedOn: 'site' | 'federation'): Preprocessing {
  return {
    schemaVersion: 1,
    fittedOn: scaler.sharedStatistics === undefined ? 'nothing' : fittedOn,
    schema,
    scalings: scaler.scalings.map((scaling) => (scaling ? jsonOf(scaling) : null)),
  };
}

/** A preprocessing that was written down. @throws {FedwardError} CONFIG_INVALID naming the key */
export function parsePreprocessing(json: unknown): Preprocessing {
  return parseWith(preprocessingSchema, json, 'the preprocessing');
}

/**
 * New records as the model is to see them: nothing is learned from them. The table is gone afterwards.
 * @param records read by the preprocessing's own schema
 * @throws {FedwardError} as `trainingData`
 */
export function preprocessed(records: Table, { scalings }: Preprocessing): MedicalDataset {
  const scaler: Scaler = { scalings: scalings.map((scaling) => (scaling ? scalingOf(scaling) : undefined)) };
  const [data] = medicalDatasets(new EncodedTable(records), [{ name: records.name }], () => 0, scaler);
  return data;
}

type JsonScaling = NonNullable<Preprocessing['scalings'][number]>;

function jsonOf({ center, spread, limit }: Scaling): JsonScaling {
  const finite = (value: number): number | null => (value === Infinity ? null : value);
  return { center, spread: finite(spread), limit: finite(limit) };
}

function scalingOf({ center, spread, limit }: JsonScaling): Scaling {
  return { center, spread: spread ?? Infinity, limit: limit ?? Infinity };
}

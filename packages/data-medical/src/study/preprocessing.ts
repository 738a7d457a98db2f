import { FedwardError, parseWith } from '@fedward/core';
import {
  declaredScaler,
  EncodedTable,
  imputeTable,
  tableSchema,
  type Scaler,
  type Scaling,
  type Table,
  type TableSchema,
} from '@fedward/kit-tables';
import * as z from 'zod';
import type { MedicalDataset } from '../dataset.js';
import { imputerOf } from '../impute/imputer.js';
import { imputationModelSchema, type ImputationModel } from '../impute/model.js';
import { declaresImputation } from '../impute/records.js';
import { medicalDatasets } from '../medical-datasets.js';

/** Of a hospital: what is done to a record before the model sees it; absent where nothing is, or it is not kept. */
export interface WithPreprocessing {
  readonly preprocessing?: Preprocessing;
}

/** A number of JSON, which has no infinities. */
const orInfinite = z.number().positive().nullable();

/** See `Preprocessing`. */
export const preprocessingSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** On whose records something was fitted. */
  fittedOn: z.enum(['nothing', 'site', 'federation']),
  schema: tableSchema,
  /** One a feature; null: as recorded. A spread or limit of null is infinite. */
  scalings: z.array(z.strictObject({ center: z.number(), spread: orInfinite, limit: orInfinite }).nullable()),
  /** By what missing values are filled in that the schema leaves to a method; null: there are none, or it is not kept. */
  imputation: imputationModelSchema.nullable(),
  /** Positions of the features that a screening kept, ascending; null: all. */
  features: z.array(z.int().min(0)).nullable(),
});

/**
 * What is done to a record before a model sees it, fitted numbers included: a part of the model. With it a new patient, and
 * a hospital that took no part, can be scored. What was fitted on records is facts about them. What k nearest neighbours
 * learn is patients' records themselves: that is not kept.
 */
export type Preprocessing = z.output<typeof preprocessingSchema>;

/** What was fitted. */
interface Fitted {
  readonly scaler: Scaler;
  readonly imputation: ImputationModel | undefined;
  readonly standardization: 'site' | 'federation';
}

export function preprocessingOf(schema: TableSchema, { scaler, imputation, standardization }: Fitted): Preprocessing {
  const site = (scaler.sharedStatistics !== undefined && standardization === 'site') || imputation?.fitted === 'site';
  const any = scaler.sharedStatistics !== undefined || imputation !== undefined;
  return {
    schemaVersion: 1,
    fittedOn: !any ? 'nothing' : site ? 'site' : 'federation',
    schema,
    scalings: scaler.scalings.map((scaling) => (scaling ? jsonOf(scaling) : null)),
    imputation: imputation && imputation.nearest === null ? imputation : null,
    features: null,
  };
}

/**
 * Of a schema that declares all of its scales: with no number that was fitted, or with what missing values were learned by.
 * @param imputation what `fitImputation` or `fitImputationFederated` gave
 */
export function declaredPreprocessing(schema: TableSchema, imputation?: ImputationModel): Preprocessing {
  const standardization = imputation?.fitted ?? 'site';
  return preprocessingOf(schema, { scaler: declaredScaler(schema), imputation, standardization });
}

/** A preprocessing that was written down. @throws {FedwardError} CONFIG_INVALID naming the key */
export function parsePreprocessing(json: unknown): Preprocessing {
  return parseWith(preprocessingSchema, json, 'the preprocessing');
}

/**
 * New records as the model is to see them: nothing is learned from them. The table is gone afterwards.
 * @param records read by the preprocessing's own schema
 * @throws {FedwardError} as `trainingData`; CONFIG_INCOMPATIBLE where what missing values are filled in by was not kept
 */
export function preprocessed(
  records: Table,
  { scalings, imputation, schema, features }: Preprocessing,
): MedicalDataset {
  if (declaresImputation({ schema }) && !imputation)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'missing values are filled in by the records of patients nearby, which are not kept with the model',
      'imputation',
    );
  const table = imputation ? imputeTable(records, imputerOf(imputation, schema)).table : records;
  const scaler: Scaler = { scalings: scalings.map((scaling) => (scaling ? scalingOf(scaling) : undefined)) };
  const [data] = medicalDatasets(new EncodedTable(table), [{ name: records.name }], () => 0, scaler);
  return features ? data.withFeatures(features) : data;
}

type JsonScaling = NonNullable<Preprocessing['scalings'][number]>;

function jsonOf({ center, spread, limit }: Scaling): JsonScaling {
  const finite = (value: number): number | null => (value === Infinity ? null : value);
  return { center, spread: finite(spread), limit: finite(limit) };
}

/** As it is used. */
export function scalingOf({ center, spread, limit }: JsonScaling): Scaling {
  return { center, spread: spread ?? Infinity, limit: limit ?? Infinity };
}

import * as z from 'zod';
import {
  checkColumns,
  columnsOf,
  eventShape,
  factShape,
  fixedIndexSchema,
  pickSchema,
  readsValue,
  unitSchema,
} from '../records/mapping.js';
import { omopTable, omopTables, type OmopTableName } from './tables.js';

const upper = (text: unknown): unknown => (typeof text === 'string' ? text.toUpperCase() : text);
const columnName = z.preprocess(upper, z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of a column'));
const tableNames = Object.keys(omopTables) as [OmopTableName, ...OmopTableName[]];
/** 0 stands for what could not be mapped, and means nothing. */
const conceptId = z.int().positive({ error: 'a concept id; 0 means that there is none' });

const queryShape = {
  /** Whatever its case. */
  table: z.preprocess(upper, z.enum(tableNames)),
  /** Concept ids, one of which has to be there. Without these and `sourceValues` all rows count. */
  concepts: z.array(conceptId).min(1).readonly().optional(),
  /** Also what is below them, by the table CONCEPT_ANCESTOR: the tablets of an ingredient. */
  descendants: z.boolean().default(false),
  /** Codes of the hospital's own, as `*_SOURCE_VALUE` has them. */
  sourceValues: z.array(z.string().min(1)).min(1).readonly().optional(),
  /** The column with the date. Default: the beginning. */
  date: columnName.optional(),
};

const personColumn = z.strictObject({
  /** A column of PERSON; `birth` is BIRTH_DATETIME, or where that is empty what year, month and day say. */
  person: columnName,
  ...factShape,
});

const eventColumn = z
  .strictObject({ ...queryShape, value: columnName.optional(), ...eventShape })
  .refine(
    ({ table, value, aggregate }) =>
      !readsValue(aggregate) || value !== undefined || omopTable(table).value !== undefined,
    {
      path: ['aggregate'],
      error: 'this table has no value of its own: take "any", "count", or say which column is the "value"',
    },
  );

/** How tables of the OMOP Common Data Model become rows, as data: a name and a description of each column, and when the index is. */
export const omopMappingSchema = z
  .strictObject({
    index: z.union([fixedIndexSchema, z.strictObject({ ...queryShape, pick: pickSchema })]).optional(),
    columns: columnsOf(z.union([personColumn, eventColumn], { error: 'a column has a "person" field, or a "table"' })),
    /** Codes of UCUM for unit concepts that the table CONCEPT does not tell. */
    units: z.record(z.string().regex(/^[1-9]\d*$/, 'a concept id'), unitSchema).default({}),
  })
  .superRefine(checkColumns);

export type OmopMapping = z.output<typeof omopMappingSchema>;
/** A mapping as a person writes it: defaults left out. */
export type OmopMappingInput = z.input<typeof omopMappingSchema>;

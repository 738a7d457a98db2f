import * as z from 'zod';
import { checkColumns, columnsOf, eventShape, factShape, fixedIndexSchema, pickSchema } from '../records/mapping.js';

const upper = (text: unknown): unknown => (typeof text === 'string' ? text.toUpperCase() : text);
const columnName = z.preprocess(upper, z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of a column'));

const queryShape = {
  /** The name of a file without `.csv`, such as `conditions`. */
  table: z
    .string()
    .regex(/^[A-Za-z_]+$/, 'the name of a table, such as conditions')
    .refine((name) => name.toLowerCase() !== 'patients', { error: 'of patients.csv say the "patient" column' }),
  /** What CODE has to be one of: SNOMED CT for conditions, LOINC for observations. Without it all rows count. */
  codes: z.array(z.string().min(1)).min(1).readonly().optional(),
  /** The column with the date. Default: START, or DATE. */
  date: columnName.optional(),
};

const patientColumn = z.strictObject({
  /** A column of patients.csv. */
  patient: columnName,
  ...factShape,
});

const eventColumn = z.strictObject({ ...queryShape, value: columnName.default('VALUE'), ...eventShape });

/** How the CSV files of Synthea become rows, as data: a name and a description of each column, and when the index is. */
export const syntheaMappingSchema = z
  .strictObject({
    index: z.union([fixedIndexSchema, z.strictObject({ ...queryShape, pick: pickSchema })]).optional(),
    columns: columnsOf(
      z.union([patientColumn, eventColumn], { error: 'a column has a "patient" field, or a "table"' }),
    ),
  })
  .superRefine(checkColumns);

export type SyntheaMapping = z.output<typeof syntheaMappingSchema>;
/** A mapping as a person writes it: defaults left out. */
export type SyntheaMappingInput = z.input<typeof syntheaMappingSchema>;

import * as z from 'zod';
import { csvOptionsSchema, type CsvOptionsInput } from '../csv/options.js';
import { sourceSchema, type SourceInput } from '../source/spec.js';

const questionsShape = {
  /** Columns that the file should have, such as those of a schema: a first line that has them all is its header. */
  columns: z.array(z.string()).default([]),
  /** The column to propose as the label. Default: the last that can be one. */
  label: z.string().optional(),
  /** The column that tells patients apart. Default: the first that is called like one, such as `patient_id`. */
  patientId: z.string().optional(),
  /** A value is shown where at least so many patients have it, or rows where patients can't be told apart. */
  minimumPatients: z.int().min(1).default(5),
};
/** Default of `decimal`: a comma where columns hold numbers only if it is one, and no number has a point. */
const decimal = z.enum(['.', ',']).optional();

/** What `inspectData` may be told. */
export const inspectOptionsSchema = z.strictObject({
  ...sourceSchema.shape,
  csv: csvOptionsSchema.extend({ decimal }).optional(),
  ...questionsShape,
});

/** What an inspection of files may be told: how they are read, and what is asked. */
export type InspectDataOptions = Omit<SourceInput, 'csv'> & { readonly csv?: CsvOptionsInput } & {
  readonly [K in keyof typeof questionsShape]?: z.input<(typeof questionsShape)[K]> | undefined;
};

/** What `inspectCsv` may be told: options of CSV beside what is asked. */
export const inspectCsvSchema = csvOptionsSchema.extend({ decimal, ...questionsShape });
/** What an inspection of a CSV file may be told. */
export type InspectOptionsInput = z.input<typeof inspectCsvSchema>;
/** Options of `inspectData`, their defaults filled in. */
export type InspectOptions = z.output<typeof inspectOptionsSchema>;

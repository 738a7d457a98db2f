import * as z from 'zod';
import { csvOptionsSchema } from '../csv/options.js';
import { omopMappingSchema } from '../omop/mapping.js';
import { syntheaMappingSchema } from '../synthea/mapping.js';
import { fhirMappingSchema } from '../fhir/mapping.js';
import { npzOptionsSchema } from '../npz/parts.js';

/** Formats by the names that a schema may give them. */
export const formatNames = [
  ...(['csv', 'arff', 'npz', 'npy', 'parquet'] as const),
  ...(['fhir', 'omop', 'synthea', 'images'] as const),
] as const;

const fileName = z.string().min(1);

/** How the files of a study are read, where that is not as by default. */
export const sourceSchema = z.strictObject({
  /** Default: by the ending of the file's name. */
  format: z.enum(formatNames).optional(),
  /** Of text in columns: CSV and TSV. */
  csv: csvOptionsSchema.optional(),
  /** Of archives of arrays: which of them are the columns. */
  npz: npzOptionsSchema.optional(),
  /** Of FHIR R4 bundles and NDJSON: which resources become which columns, a row a patient. */
  fhir: fhirMappingSchema.optional(),
  /** Of the tables of an OMOP common data model, the same. */
  omop: omopMappingSchema.optional(),
  /** Of Synthea's CSV tables, the same. */
  synthea: syntheaMappingSchema.optional(),
  /** Of a folder of images, a folder a class: how a patient is told by a path, as a regular expression with one group. */
  images: z.strictObject({ patient: z.string().optional() }).optional(),
  /** Of signals that cells name: which of their channels, in this order. Default: all. */
  signals: z.strictObject({ channels: z.array(z.union([z.string(), z.int().min(0)])).min(1) }).optional(),
  /**
   * One table in several files of the data's folder, one after the other. `set`: what a column `set` then says of its rows,
   * such as `train`.
   */
  files: z
    .array(z.strictObject({ file: fileName, set: z.string().min(1).optional() }))
    .min(1)
    .optional(),
  /** Further columns from another file, by the value of a column that both have. */
  join: z.strictObject({ file: fileName, on: z.string().min(1), csv: csvOptionsSchema.optional() }).optional(),
});

/** As a person writes it. */
export type SourceInput = z.input<typeof sourceSchema>;
/** How files are read, its defaults filled in; see `sourceSchema`. */
export type SourceSpec = z.output<typeof sourceSchema>;

import * as z from 'zod';
import { csvOptionsSchema } from '../csv/options.js';
import { npzOptionsSchema } from '../npz/parts.js';

/** Formats by the names that a schema may give them. */
export const formatNames = ['csv', 'arff', 'npz', 'npy'] as const;

const fileName = z.string().min(1);

/** How the files of a study are read, where that is not as by default. */
export const sourceSchema = z.strictObject({
  /** Default: by the ending of the file's name. */
  format: z.enum(formatNames).optional(),
  /** Of text in columns: CSV and TSV. */
  csv: csvOptionsSchema.optional(),
  /** Of archives of arrays: which of them are the columns. */
  npz: npzOptionsSchema.optional(),
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
export type SourceSpec = z.output<typeof sourceSchema>;

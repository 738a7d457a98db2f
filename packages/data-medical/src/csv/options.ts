import { usualMissing } from '@fedward/kit-tables';
import * as z from 'zod';

/**
 * A file whose columns are the samples and whose lines are what was measured, as matrices of gene expression are. It is
 * turned: each column becomes a row.
 */
const transposedSchema = z.strictObject({
  /** The column whose cells become the names of the columns, such as that of the genes. */
  id: z.string().min(1),
  /** What the column is called that gets the names of the file's columns, such as `patient`. */
  samples: z.string().min(1).default('sample'),
  /**
   * Columns that are no samples, such as descriptions; `*` stands for anything, as in `call*`. They alone may have one
   * name. Columns without a name are left out in any case.
   */
  skip: z.array(z.string().min(1)).default([]),
});

export const csvOptionsSchema = z.strictObject({
  /** One character. Default: whichever of comma, semicolon, tab and `|` parts the first lines into the same columns. */
  delimiter: z.string().length(1, 'one character, such as ";"').optional(),
  /**
   * The names of the columns. By default the first line has them; where most of it are numbers, nobody can tell, and it
   * is refused. `true`: it has them, whatever it looks like. A list: these are the names; a first line that has the same
   * is a header, any other is a row.
   */
  header: z.union([z.literal(true), z.array(z.string()).min(1)]).optional(),
  /**
   * What a cell holds that has no value: text as it is spelled here, a number however it is spelled. NaN is none of
   * them: it is more often an error.
   */
  missing: z.array(z.string()).default([...usualMissing]),
  /** A label of the WHATWG Encoding Standard, such as `windows-1252`. Default: UTF-8, or what a byte order mark says. */
  encoding: z.string().optional(),
  /** The mark before the digits of a decimal number. Default a point. */
  decimal: z.enum(['.', ',']).default('.'),
  /** Lines at the beginning that are not looked at, such as a title above the names of the columns. */
  skipLines: z.int().min(0).optional(),
  transposed: transposedSchema.optional(),
});

/** How a file is turned, its defaults filled in. */
export type TransposedOptions = z.output<typeof transposedSchema>;
export type CsvOptions = z.output<typeof csvOptionsSchema>;
/** Options as a person writes them: defaults left out. */
export type CsvOptionsInput = z.input<typeof csvOptionsSchema>;

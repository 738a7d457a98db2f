import type { TextRow } from './text-row.js';

/** What a format says of one of its columns, for people who write a schema. */
export interface ColumnNote {
  readonly unit?: string;
  /** All values that the format declares, in order. */
  readonly levels?: readonly string[];
  /** Of a column of arrays: their shape, where all have one. */
  readonly shape?: readonly number[];
}

/**
 * A source whose columns are known and whose rows are still to be read, whatever its format: each cell as text, a number
 * so that it reads back as the same number (`String(x)`), a missing value as ''; arrays beside them. What cells mean is
 * the schema's to say.
 */
export interface TableSource {
  /** In the order of the source, in Unicode NFC; '' for a column without a name. Empty for a source without rows. */
  readonly names: readonly string[];
  /** Some rows at a time, each with as many fields as there are names. Memory does not grow with the number of rows. */
  readonly rows: AsyncGenerator<readonly TextRow[]>;
  /** By column name. */
  readonly notes?: Readonly<Record<string, ColumnNote>>;
  /** What was left out of the source before there were rows, in sentences, such as records that are damaged. */
  readonly remarks?: () => readonly string[];
  /** Of text in columns: what parts them, as it was told or found. */
  readonly delimiter?: string;
  /** The files that it is read from, so that they can be digested. */
  readonly files: readonly string[];
  /** Closes it, also where no row was read. */
  close(): Promise<unknown>;
}

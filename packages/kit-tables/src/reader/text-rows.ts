import type { TableSchema } from '../schema/table-schema.js';
import type { Row } from '../table/row.js';
import { blankRow } from '../table/row-counts.js';
import { canonicalText, missingTokens, type DecimalMark } from '../values/equality.js';
import { cellReader, valueFinder, type Spelling } from './cells.js';
import { isTotal } from './ids.js';
import { labelReader, timeReader } from './labels.js';
import { locate } from './locate.js';
import { malformed } from './place.js';
import type { RowReader } from './read-table.js';

/** A row as cells of text, such as one of a CSV file. */
export interface TextRow {
  /** Of the source, from 1 on. */
  readonly line: number;
  /** Without white space around them; as many as there are names. */
  readonly fields: readonly string[];
}

/** How the rows of a source are written. */
export interface TextOptions {
  /** The source's name, for messages. */
  readonly file: string;
  /** What a cell holds that has no value (see `missingTokens`). Default `usualMissing`. */
  readonly missing?: readonly string[];
  /** Default a point. */
  readonly decimal?: DecimalMark;
}

/** What stands for a missing value unless told otherwise. NaN is none of them: it is more often an error. */
export const usualMissing: readonly string[] = ['', '?', 'NA', 'N/A', 'null', 'NULL'];

/** The columns that a schema reads, in Unicode NFC: those of the features, and after them the others that it names. */
export function columnsRead({ columns, label, patientId, split, time }: TableSchema): string[] {
  const others = [label.name, patientId, split?.column, time?.column].filter((name) => name !== undefined);
  return [...columns.map(({ name }) => name), ...others].map(canonicalText);
}

/** True for a row of which no cell holds anything, as spreadsheets leave them at the end. */
export function isBlank({ fields }: Pick<TextRow, 'fields'>): boolean {
  return fields.every((field) => field === '');
}

/**
 * Reads rows of text, each checked cell by cell, one that will be left out too. No message holds the content of a cell.
 *
 * @param names of the source's columns, in Unicode NFC; those that the schema does not name are not looked at
 * @throws {FedwardError} DATA_MALFORMED where a column is not there. Later, with file, line and column: DATA_MALFORMED for
 *   text for a number, a level that is not declared, a value that is missing, a row of totals; DATA_NOT_FINITE;
 *   LABEL_INVALID
 */
export function textRowReader(
  schema: TableSchema,
  names: readonly string[],
  { file, missing = usualMissing, decimal = '.' }: TextOptions,
): RowReader<TextRow> {
  const { columns, label, patientId, split, time } = schema;
  const spelling: Spelling = { missing: missingTokens(missing, decimal), decimal };
  const positions = locate(columnsRead(schema), names, file);
  let next = columns.length;
  const labelAt = positions[next++]!;
  const idAt = patientId === undefined ? undefined : positions[next++]!;
  const sideAt = split && positions[next++]!;
  const timeAt = time && positions[next++]!;
  const readers = columns.map((column) => cellReader(column, spelling));
  const readLabel = labelReader(label, spelling);
  const findTestValue = split && valueFinder(split.test, decimal);
  const readTime = time && timeReader(time, spelling);

  return (source, row) => {
    if (isBlank(source)) return blankRow;
    const { line, fields } = source;
    const at = { file, line };
    const heading = idAt === undefined ? fields.find((field) => field !== '')! : fields[idAt]!;
    if (isTotal(heading)) throw malformed(file, line, 'this is a row of totals and no patient: remove it', patientId);
    readCells(fields, row, at);
    row.line = line;
    row.label = readLabel(fields[labelAt]!, at);
    if (idAt !== undefined) {
      const id = fields[idAt]!;
      if (spelling.missing.has(id)) throw malformed(file, line, 'there is no patient id', patientId);
      row.patientId = canonicalText(id);
    }
    if (sideAt !== undefined) {
      const side = fields[sideAt]!;
      if (spelling.missing.has(side)) throw malformed(file, line, 'there is no value', split!.column);
      row.testing = findTestValue!(side) !== undefined;
    }
    if (timeAt !== undefined) row.time = readTime!(fields[timeAt]!, at);
    return undefined;
  };

  function readCells(fields: readonly string[], row: Row, at: { readonly file: string; readonly line: number }): void {
    const { values, missing } = row;
    for (let i = 0; i < readers.length; i++) {
      const there = readers[i]!(fields[positions[i]!]!, values, i, at);
      missing[i] = there ? 0 : 1;
      if (!there) values[i] = NaN;
    }
  }
}

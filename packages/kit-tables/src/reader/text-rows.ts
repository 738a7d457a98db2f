import { isArray, type Column } from '../schema/columns.js';
import type { LabelColumn, TableSchema } from '../schema/table-schema.js';
import { subgroupsOf } from '../schema/subgroups.js';
import type { Row } from '../table/row.js';
import { blankRow } from '../table/row-counts.js';
import { canonicalText, missingTokens, type DecimalMark } from '../values/equality.js';
import { arrayReader } from './arrays.js';
import { groupReader } from './groups.js';
import { cellReader, isValue, valueFinder, type Spelling } from './cells.js';
import { isTotal } from './ids.js';
import { labelReader, timeReader, timeToEventReader } from './labels.js';
import { locate } from './locate.js';
import { malformed, type RowPlace } from './place.js';
import type { RowReader } from './read-table.js';
import type { TextRow } from './text-row.js';

/** How the rows of a source are written. */
export interface TextOptions {
  /** The source's name, for messages. */
  readonly file: string;
  /** What a cell holds that has no value (see `missingTokens`). Default `usualMissing`. */
  readonly missing?: readonly string[];
  /** Default a point. */
  readonly decimal?: DecimalMark;
  /** False: rows of whom the label is not known, or not to be looked at; it is NaN. Default true. */
  readonly labelled?: boolean;
}

/** What stands for a missing value unless told otherwise. NaN is none of them: it is more often an error. */
export const usualMissing: readonly string[] = ['', '?', 'NA', 'N/A', 'null', 'NULL'];

/**
 * The columns that a schema reads, in Unicode NFC: those of the features, and after them the others that it names.
 * @param labelled false: without those of the label
 */
export function columnsRead({ columns, ...schema }: TableSchema, labelled = true): string[] {
  const features = columns.flatMap((column) => {
    if (!isArray(column) || column.from === undefined) return [column.name];
    return 'first' in column.from ? [column.from.first, column.from.last] : column.from;
  });
  const { label } = schema;
  const event = label.kind === 'time-to-event' ? [label.event.column] : [];
  const ofLabel = labelled ? [label.name, ...event] : [];
  const read = [...features, ...ofLabel, ...othersRead(schema)];
  const groups = labelled ? (schema.subgroups ?? []).map(({ column }) => column) : [];
  return [...read, ...new Set(groups.filter((column) => !read.includes(column)))].map(canonicalText);
}

/** Beside features and label. */
function othersRead({ patientId, split, time, site }: Omit<TableSchema, 'columns' | 'label'>): string[] {
  return [patientId, split?.column, time?.column, site].filter((name) => name !== undefined);
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
  { file, missing = usualMissing, decimal = '.', labelled = true }: TextOptions,
): RowReader<TextRow> {
  const { columns, label, patientId, split, time, site } = schema;
  const spelling: Spelling = { missing: missingTokens(missing, decimal), decimal };
  locate(columnsRead(schema, labelled), names, file); // all that are not there, in one message
  const positionOf = (name: string): number => names.indexOf(canonicalText(name));
  const labelAt = positionOf(label.name);
  const idAt = patientId === undefined ? undefined : positionOf(patientId);
  const sideAt = split && positionOf(split.column);
  const timeAt = time && positionOf(time.column);
  const siteAt = site === undefined ? undefined : positionOf(site);
  const readCells = cellsReader(columns, names, spelling, file);
  const readLabel = labelled ? rowLabelReader(label, labelAt, positionOf, spelling) : () => NaN;
  const findTestValue = split && valueFinder(split.test, decimal);
  const readTime = time && timeReader(time, spelling);
  const readGroups = (labelled ? subgroupsOf(schema) : []).map((group) => {
    const column = columns.find((each) => each.name === group.column);
    return { at: positionOf(group.column), read: groupReader(group, column, spelling) };
  });

  return (source, row) => {
    if (isBlank(source)) return blankRow;
    const { line, fields } = source;
    const at = { file, line };
    const heading = idAt === undefined ? fields.find((field) => field !== '')! : fields[idAt]!;
    if (isTotal(heading)) throw malformed(file, line, 'this is a row of totals and no patient: remove it', patientId);
    readCells(source, row, at);
    row.line = line;
    row.label = readLabel(fields, at);
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
    if (siteAt !== undefined) {
      const from = fields[siteAt]!;
      if (spelling.missing.has(from)) throw malformed(file, line, 'there is no value', site);
      row.site = canonicalText(from);
    }
    for (let g = 0; g < readGroups.length; g++) row.groups[g] = readGroups[g]!.read(fields[readGroups[g]!.at]!, at);
    if (timeAt !== undefined) row.time = readTime!(fields[timeAt]!, at);
    return undefined;
  };
}

type RowCells = (source: TextRow, row: Row, at: RowPlace) => void;

/** Of the features. */
function cellsReader(columns: readonly Column[], names: readonly string[], spelling: Spelling, file: string): RowCells {
  const array = columns.find(isArray); // then the only one
  if (array) {
    let outside = false;
    const read = arrayReader(array, names, spelling, file, () => (outside = true));
    return (source, row, at) => {
      outside = false;
      const there = read(source, row.values, 0, at);
      row.missing[0] = there ? 0 : 1;
      row.outside[0] = outside ? 1 : 0;
      if (!there) row.values.fill(NaN);
    };
  }
  const beyond = new Uint8Array(columns.length);
  const readers = columns.filter(isValue).map((column, i) => cellReader(column, spelling, () => (beyond[i] = 1)));
  const positions = columns.map(({ name }) => names.indexOf(canonicalText(name)));
  return ({ fields }, { values, missing, outside }, at) => {
    beyond.fill(0);
    for (let i = 0; i < readers.length; i++) {
      const there = readers[i]!(fields[positions[i]!]!, values, i, at);
      missing[i] = there ? 0 : 1;
      if (!there) values[i] = NaN;
    }
    outside.set(beyond);
  };
}

function rowLabelReader(
  label: LabelColumn,
  labelAt: number,
  positionOf: (name: string) => number,
  spelling: Spelling,
): (fields: readonly string[], at: RowPlace) => number {
  if (label.kind === 'time-to-event') {
    const eventAt = positionOf(label.event.column);
    const read = timeToEventReader(label, spelling);
    return (fields, at) => read(fields[labelAt]!, fields[eventAt]!, at);
  }
  const read = labelReader(label, spelling);
  return (fields, at) => read(fields[labelAt]!, at);
}

import { FedwardError } from '@fedward/core';
import { parseNumber, valueKey } from '@fedward/kit-tables';
import type { EventColumn } from './columns.js';
import { eachRow, type CsvRow } from './csv-rows.js';
import { readsValue } from './mapping.js';
import { Measure } from './measured.js';
import { momentOf, type Moment } from './moment.js';
import type { Patients } from './patients.js';
import type { Tally } from './tally.js';

/** Which rows of a table of events are meant, and where their date and value are. Names of columns are in upper case. */
export interface TableQuery {
  /** Undefined: the index. */
  readonly column: number | undefined;
  readonly plan: EventColumn | undefined;
  /** A row is meant where one of these columns has such a cell; all rows are where there are none. */
  readonly matches: readonly { readonly column: string; readonly has: (cell: string) => boolean }[];
  /** The first that is filled in counts. */
  readonly dates: readonly string[];
  readonly value: string | undefined;
  /** The value has to be a number. */
  readonly isNumber: boolean;
  /** The unit as it is written, or its code. */
  readonly unit: (row: CsvRow) => string | undefined;
  readonly bound: (row: CsvRow) => boolean;
}

/** A table of events, and what is asked of it. */
export interface EventTable {
  readonly name: string;
  readonly file: string;
  readonly patient: string;
  /** A column that tells rows apart, where the table has one. */
  readonly key: string | undefined;
  readonly queries: readonly TableQuery[];
}

/** A patient's id as it is compared: one number is one patient, however it is written. */
export const idKey = (cell: string): string => valueKey(cell);

/** Reads a table once, for all that is asked of it. @throws {FedwardError} as `eachRow`, `Measure.read` */
export async function collectTable(
  { name, file, patient, key, queries }: EventTable,
  patients: Patients,
  tally: Tally,
): Promise<void> {
  const answers = queries.map((query) => answerer(query, name, key, patients, tally));
  const needed = queries.flatMap(({ matches, dates, value, plan }) => [
    ...(matches.length > 0 ? matches.map(({ column }) => [column]) : []),
    dates,
    ...(value !== undefined && plan && readsValue(plan.aggregate) ? [[value]] : []),
  ]);
  await eachRow(file, [[patient], ...needed], (row) => {
    for (const answer of answers) answer(row, row.cell(patient));
  });
}

function answerer(query: TableQuery, table: string, key: string | undefined, patients: Patients, tally: Tally) {
  const { column, plan, matches, dates } = query;
  const subject = plan ? `column "${plan.name}"` : 'index';
  const leaveOut = (what: string): void => tally.add(subject, `left out: ${what}`);
  const read = plan && readsValue(plan.aggregate) ? valueReader(query, plan, tally) : undefined;
  return (row: CsvRow, id: string): void => {
    if (matches.length > 0 && !matches.some(({ column: name, has }) => has(row.cell(name)))) return;
    if (id === '') return leaveOut('no patient');
    const moment = dateIn(row, dates);
    if (!moment && plan?.ever !== true) return leaveOut('no date');
    const value = read?.(row);
    if (value === null) return;
    if (read && value === undefined) return leaveOut('no value');
    const own = key === undefined ? '' : row.cell(key);
    patients.addEvent(idKey(id), column, { moment, value }, own === '' ? undefined : `${table}/${idKey(own)}`);
  };
}

function dateIn(row: CsvRow, columns: readonly string[]): Moment | undefined {
  for (const column of columns) {
    const text = row.cell(column);
    if (text === '') continue;
    const moment = momentOf(text);
    if (moment) return moment;
    throw new FedwardError('DATA_MALFORMED', `${row.place}, column "${column}": no date such as 2024-01-31`, column);
  }
  return undefined;
}

function valueReader({ value: name, isNumber, unit, bound }: TableQuery, plan: EventColumn, tally: Tally) {
  const measure = new Measure(plan, tally);
  const isStatistic = ['mean', 'min', 'max'].includes(plan.aggregate);
  // Null is a value that is left out, and counted.
  return (row: CsvRow): number | string | null | undefined => {
    const text = row.cell(name!);
    if (text === '' || (name!.endsWith('_CONCEPT_ID') && Number(text) === 0)) return undefined;
    if (name!.endsWith('_CONCEPT_ID')) return text;
    const number = parseNumber(text);
    if (number !== undefined) return measure.read({ value: number, unit: unit(row), bound: bound(row) }, row.place);
    if (isNumber) throw new FedwardError('DATA_MALFORMED', `${row.place}, column "${name}": not a number`, name);
    if (!isStatistic && plan.unit === undefined) return text;
    tally.add(`column "${plan.name}"`, 'values left out that are no numbers');
    return null;
  };
}

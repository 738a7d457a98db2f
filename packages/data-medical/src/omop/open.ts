import { parseWith } from '@fedward/core';
import { collectTable, type EventTable, type TableQuery } from '../records/coded-table.js';
import { recordColumn, type EventColumn, type RecordColumn } from '../records/columns.js';
import { TableFolder, type CsvRow } from '../records/csv-rows.js';
import { momentOf } from '../records/moment.js';
import { collectPeople, type PersonField } from '../records/people.js';
import type { Index } from '../records/rows.js';
import { recordSource, type RecordSource } from '../records/source.js';
import type { Tally } from '../records/tally.js';
import { addDescendants, unitCodes } from './concepts.js';
import { omopMappingSchema, type OmopMapping, type OmopMappingInput } from './mapping.js';
import { omopTable, type OmopTableName } from './tables.js';

type Asked =
  Extract<OmopMapping['index'], { table: unknown }> | Extract<OmopMapping['columns'][string], { table: unknown }>;

/**
 * Opens tables of the OMOP Common Data Model (5.3, 5.4) as CSV as a table of one row a person, or one an index event. Files
 * and columns are found whatever the case of their names; only tables that the mapping names are opened, each is read once,
 * row by row. Concept 0 is no value. Links to visits are not followed.
 *
 * @param folder with PERSON.csv
 * @param mapping see `omopMappingSchema`
 * @throws {FedwardError} CONFIG_INVALID for a mapping that is none; FILE_NOT_FOUND naming the table. Later: DATA_MALFORMED
 *   with file and line, such as for a person who is there twice; DATA_NOT_FINITE. No message holds what a cell says
 */
export async function openOmop(folder: string, mapping: OmopMappingInput): Promise<RecordSource> {
  const { index, columns, units } = parseWith(omopMappingSchema, mapping, 'the mapping of OMOP');
  const plans = Object.entries(columns).map(([name, column]) => recordColumn(name, column, index !== undefined));
  const tables = await TableFolder.open(folder);
  const person = tables.need('PERSON');
  const asked = [
    ...(index && 'table' in index ? [{ query: index, column: undefined }] : []),
    ...Object.values(columns).flatMap((query, column) => ('table' in query ? [{ query, column }] : [])),
  ];
  const sets = asked.map(({ query }) => new Set(query.concepts));
  const below = sets.filter((_, i) => asked[i]!.query.descendants);
  const ancestors = below.length > 0 ? tables.need('CONCEPT_ANCESTOR') : undefined;
  const concepts = plans.some((plan) => plan.kind === 'events' && plan.unit !== undefined)
    ? tables.find('CONCEPT')
    : undefined;
  const names = [...new Set(asked.map(({ query }) => query.table))];
  const files = new Map(names.map((name) => [name, tables.need(name)]));
  const used = [person, ancestors, concepts, ...files.values()].filter((file) => file !== undefined);

  return recordSource(plans, indexOf(index), used, async (patients, tally) => {
    if (ancestors !== undefined) await addDescendants(ancestors, below);
    const codes = concepts === undefined ? new Map<number, string>() : await unitCodes(concepts);
    for (const [id, code] of Object.entries(units)) codes.set(Number(id), code);
    await collectPeople(person, 'PERSON_ID', personFields(columns, plans, tally), patients);
    for (const name of names) {
      const queries = asked.flatMap(({ query, column }, i) =>
        query.table === name
          ? [queryOf(query, column, sets[i]!, column === undefined ? undefined : (plans[column] as EventColumn), codes)]
          : [],
      );
      const table: EventTable = { name, file: files.get(name)!, patient: 'PERSON_ID', key: `${name}_ID`, queries };
      await collectTable(table, patients, tally);
    }
  });
}

function indexOf(index: OmopMapping['index']): Index {
  if (index === undefined) return { kind: 'none' };
  return 'table' in index ? { kind: 'events', pick: index.pick } : { kind: 'fixed', moment: momentOf(index.date)! };
}

function queryOf(
  { table, date, sourceValues, concepts, ...rest }: Asked,
  column: number | undefined,
  set: ReadonlySet<number>,
  plan: EventColumn | undefined,
  codes: ReadonlyMap<number, string>,
): TableQuery {
  const { concept, dates, value } = omopTable(table satisfies OmopTableName);
  const own = new Set(sourceValues);
  const asked = 'value' in rest ? rest.value : undefined;
  return {
    column,
    plan,
    matches: [
      ...(concepts
        ? [{ column: `${concept}_CONCEPT_ID`, has: (cell: string) => cell !== '' && set.has(Number(cell)) }]
        : []),
      ...(sourceValues ? [{ column: `${concept}_SOURCE_VALUE`, has: (cell: string) => own.has(cell) }] : []),
    ],
    dates: date === undefined ? dates : [date],
    value: asked ?? value,
    isNumber: (asked ?? value) === 'VALUE_AS_NUMBER',
    unit: (row) => unitOf(row, codes),
    bound: isBound,
  };
}

/** By the concept, or as the hospital wrote it. */
function unitOf({ cell }: CsvRow, codes: ReadonlyMap<number, string>): string | undefined {
  const concept = Number(cell('UNIT_CONCEPT_ID'));
  const code = concept === 0 ? undefined : codes.get(concept);
  const written = cell('UNIT_SOURCE_VALUE');
  if (code !== undefined) return code;
  if (written !== '') return written;
  return concept === 0 ? undefined : `unit concept ${concept}`;
}

const equalSign = 4172703;

/** Any operator but `=`. */
function isBound({ cell }: CsvRow): boolean {
  const operator = Number(cell('OPERATOR_CONCEPT_ID'));
  return operator !== 0 && operator !== equalSign;
}

function personFields(columns: OmopMapping['columns'], plans: readonly RecordColumn[], tally: Tally): PersonField[] {
  return Object.values(columns).flatMap((written, column) => {
    const plan = plans[column]!;
    if (!('person' in written) || plan.kind !== 'fact') return [];
    const name = written.person;
    const needsDate = plan.as !== undefined;
    if (name === 'BIRTH')
      return [{ column, name, needsDate, read: birthOf, columns: ['BIRTH_DATETIME', 'YEAR_OF_BIRTH'] }];
    const read = ({ cell }: CsvRow): string | undefined => {
      const text = cell(name);
      if (!name.endsWith('_CONCEPT_ID') || text === '' || Number(text) !== 0) return text;
      tally.add(`column "${plan.name}"`, 'concept 0, which is none: empty');
      return undefined;
    };
    return [{ column, name, needsDate, read, columns: [name] }];
  });
}

function birthOf({ cell }: CsvRow): string | undefined {
  const whole = cell('BIRTH_DATETIME');
  if (whole !== '') return whole;
  const [year, month, date] = ['YEAR', 'MONTH', 'DAY'].map((part) => cell(`${part}_OF_BIRTH`).replace(/\.0$/, ''));
  if (year === '') return undefined;
  const two = (text: string) => text.padStart(2, '0');
  return [year!.padStart(4, '0'), ...(month === '' ? [] : [two(month!), ...(date === '' ? [] : [two(date!)])])].join(
    '-',
  );
}

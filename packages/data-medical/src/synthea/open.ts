import { parseWith } from '@fedward/core';
import { collectTable, type TableQuery } from '../records/coded-table.js';
import { recordColumn, type EventColumn } from '../records/columns.js';
import { TableFolder, type CsvRow } from '../records/csv-rows.js';
import { momentOf } from '../records/moment.js';
import { collectPeople } from '../records/people.js';
import type { Index } from '../records/rows.js';
import { recordSource, type RecordSource } from '../records/source.js';
import { syntheaMappingSchema, type SyntheaMapping, type SyntheaMappingInput } from './mapping.js';

type Asked =
  Extract<SyntheaMapping['index'], { table: unknown }> | Extract<SyntheaMapping['columns'][string], { table: unknown }>;

/**
 * Opens the CSV files of Synthea as a table of one row a patient, or one an index event. Only tables that the mapping names are
 * opened, each is read once, row by row.
 *
 * @param folder with patients.csv
 * @param mapping see `syntheaMappingSchema`
 * @throws {FedwardError} CONFIG_INVALID for a mapping that is none; FILE_NOT_FOUND naming the table. Later: DATA_MALFORMED
 *   with file and line, such as for a patient who is there twice; DATA_NOT_FINITE. No message holds what a cell says
 */
export async function openSyntheaCsv(folder: string, mapping: SyntheaMappingInput): Promise<RecordSource> {
  const { index, columns } = parseWith(syntheaMappingSchema, mapping, 'the mapping of Synthea');
  const plans = Object.entries(columns).map(([name, column]) => recordColumn(name, column, index !== undefined));
  const tables = await TableFolder.open(folder);
  const people = tables.need('patients');
  const asked = [
    ...(index && 'table' in index ? [{ query: index, column: undefined }] : []),
    ...Object.values(columns).flatMap((query, column) => ('table' in query ? [{ query, column }] : [])),
  ];
  const names = [...new Set(asked.map(({ query }) => query.table.toLowerCase()))];
  const files = new Map(names.map((name) => [name, tables.need(name)]));

  return recordSource(plans, indexOf(index), [people, ...files.values()], async (patients, tally) => {
    const fields = Object.values(columns).flatMap((written, column) => {
      const plan = plans[column]!;
      if (!('patient' in written) || plan.kind !== 'fact') return [];
      const name = written.patient;
      return [
        { column, name, needsDate: plan.as !== undefined, read: ({ cell }: CsvRow) => cell(name), columns: [name] },
      ];
    });
    await collectPeople(people, 'ID', fields, patients);
    for (const name of names) {
      const queries = asked.flatMap(({ query, column }) =>
        query.table.toLowerCase() === name
          ? [queryOf(query, column, column === undefined ? undefined : (plans[column] as EventColumn))]
          : [],
      );
      // Its tables of events have no key: the same row twice is two records.
      await collectTable(
        { name, file: files.get(name)!, patient: 'PATIENT', key: undefined, queries },
        patients,
        tally,
      );
    }
  });
}

function indexOf(index: SyntheaMapping['index']): Index {
  if (index === undefined) return { kind: 'none' };
  return 'table' in index ? { kind: 'events', pick: index.pick } : { kind: 'fixed', moment: momentOf(index.date)! };
}

function queryOf(
  { codes, date, ...rest }: Asked,
  column: number | undefined,
  plan: EventColumn | undefined,
): TableQuery {
  const wanted = new Set(codes);
  return {
    column,
    plan,
    matches: codes ? [{ column: 'CODE', has: (cell) => wanted.has(cell) }] : [],
    dates: date === undefined ? ['START', 'DATE'] : [date],
    value: 'value' in rest ? rest.value : undefined,
    isNumber: false,
    unit: ({ cell }) => cell('UNITS') || undefined,
    bound: () => false,
  };
}

import type { ColumnNote, TableSource } from '@fedward/kit-tables';
import type { EventColumn, RecordColumn } from './columns.js';
import { Patients } from './patients.js';
import { patientRows, type Index } from './rows.js';
import { Tally, type Counted } from './tally.js';

/** A source of one row a patient, or one an index event, out of their records. */
export interface RecordSource extends TableSource {
  readonly notes: Readonly<Record<string, ColumnNote>>;
  /** What was left out, converted or taken with a grain of salt, by column and reason; whole after the last row. */
  readonly counts: () => readonly Counted[];
  readonly remarks: () => readonly string[];
}

/** Reads all records of a source. */
export type Collect = (patients: Patients, tally: Tally) => Promise<void>;

/**
 * A source whose records are read when the first row is asked for: a row is known only after the last record. Memory
 * grows with the patients, and with their records that columns use.
 */
export function recordSource(
  columns: readonly RecordColumn[],
  index: Index,
  files: readonly string[],
  collect: Collect,
): RecordSource {
  const tally = new Tally();
  const patients = new Patients(columns, tally);
  async function* read() {
    await collect(patients, tally);
    yield* patientRows(patients, index, tally);
  }
  const rows = read();
  return {
    names: columns.map(({ name }) => name.normalize('NFC')),
    rows,
    notes: Object.fromEntries(columns.map((column) => [column.name.normalize('NFC'), noteOf(column)])),
    remarks: () => tally.remarks(),
    counts: () => tally.counts(),
    files,
    close: () => rows.return(undefined),
  };
}

function noteOf(column: RecordColumn): ColumnNote {
  const unit = unitOf(column);
  const isBinary = column.kind === 'fact' ? column.as === 'within' : column.aggregate === 'any';
  return { ...(unit !== undefined && { unit }), ...(isBinary && { levels: ['0', '1'] }) };
}

function unitOf(column: RecordColumn): string | undefined {
  if (column.kind === 'events') return column.aggregate.startsWith('daysTo') ? 'd' : (column as EventColumn).unit;
  return column.as === 'ageAtIndex' ? column.unit : column.as === 'daysFromIndex' ? 'd' : undefined;
}

import { FedwardError, type Random } from '@fedward/core';
import { isArray, Table, type TableSchema } from '@fedward/kit-tables';
import type { Divisible } from './divisible.js';
import { divideByMix, divideBySize, divideByValue, divideEvenly, type Divide } from './rows.js';
import type { PartitionSpec } from './spec.js';

/** A hospital that a partition has made. */
export interface PartitionedTable {
  readonly id: string;
  readonly table: Table;
}

/** What the columns of a schema have to hold for a partition. */
export function withPartition(schema: TableSchema, partition: PartitionSpec): TableSchema {
  return partition.by === 'column' ? { ...schema, site: partition.column } : schema;
}

/**
 * Parts a table among hospitals, as though each had brought its own: what comes after (what is missing, how numbers are
 * scaled) is done by each for itself. All records of a patient go to one hospital. Training and test part are parted alike.
 * The rows of the table are gone afterwards.
 *
 * Where a patient goes may hang on the others, as the partitions' own docstrings say: an epsilon speaks of the hospitals'
 * records as they are afterwards.
 *
 * @param testing of each record whether it will be tested on
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where records don't suffice, a patient is at two sites, or the label or the
 *   column is none to part by
 */
export function partitionTable(
  table: Table,
  testing: readonly boolean[],
  partition: PartitionSpec,
  random: Random,
): PartitionedTable[] {
  const hospitalOf = new Int32Array(table.count);
  const ids =
    partition.by === 'column' ? placeBySite(table, hospitalOf) : placeBy(table, testing, partition, random, hospitalOf);
  const tables = ids.map((id) => ({ id, table: new Table(`${table.name}, ${id}`, table.schema) }));
  // Rows that were left out are nobody's: their hospital is told by cells that may be among those that are missing.
  if (tables.length === 1) for (const { reason, rows } of table.rows.dropped) tables[0]!.table.drop(reason, rows);
  for (let row = 0; row < table.rowCount; row++) {
    const own = tables[hospitalOf[row]!]!.table;
    const taken = table.takeRow(row);
    own.lack(taken.missing);
    own.add(taken);
  }
  return tables;
}

function placeBySite(table: Table, hospitalOf: Int32Array): string[] {
  const { sites, patientIds, name, schema } = table;
  if (!sites) throw new Error('the schema names no site');
  const ids = [...new Set(sites)].sort((a, b) => (a < b ? -1 : 1));
  const known = new Map(ids.map((id, i) => [id, i]));
  const at = new Map<string, string>();
  sites.forEach((site, row) => {
    hospitalOf[row] = known.get(site)!;
    const patient = patientIds?.[row];
    if (patient === undefined) return;
    if ((at.get(patient) ?? site) !== site)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `${name}: a patient has rows at two sites (column "${schema.site}"): a patient is never split`,
        schema.site,
      );
    at.set(patient, site);
  });
  // What a file may be called by, and a folder of ledgers.
  return ids.map((id) => id.replace(/[^\p{L}\p{N}._-]+/gu, '-'));
}

function placeBy(
  table: Table,
  testing: readonly boolean[],
  partition: Exclude<PartitionSpec, { readonly by: 'column' }>,
  random: Random,
  hospitalOf: Int32Array,
): string[] {
  const divide = divideOf(table, partition, random);
  for (const side of [false, true]) {
    const rows = testing.flatMap((is, row) => (is === side ? [row] : []));
    const part = partOf(table, rows, side ? 'test part' : 'training part');
    divide(part, 1).forEach((own, h) => {
      for (const i of own) hospitalOf[rows[i]!] = h;
    });
  }
  return Array.from({ length: partition.hospitals }, (_, h) => `hospital-${h}`);
}

/** Some rows of a table, and where they are in it. */
interface Part extends Divisible {
  readonly rows: readonly number[];
}

function partOf({ name, labels, patientIds, schema }: Table, rows: readonly number[], what: string): Part {
  // Of a time to an event the classes are those in whom it happened, and the others.
  const classOf = schema.label.kind === 'time-to-event' ? Math.sign : (label: number) => label;
  return {
    name: `${name}, ${what}`,
    count: rows.length,
    labels: rows.map((row) => classOf(labels[row]!)),
    rows,
    ...(patientIds && { patientIds: rows.map((row) => patientIds[row]!) }),
  };
}

function divideOf(table: Table, partition: Exclude<PartitionSpec, { readonly by: 'column' }>, random: Random): Divide {
  const { hospitals } = partition;
  const whole = (): Part =>
    partOf(
      table,
      Array.from({ length: table.count }, (_, row) => row),
      'all',
    );
  switch (partition.by) {
    case 'iid':
      return divideEvenly(hospitals, random);
    case 'quantity':
      return divideBySize(hospitals, partition.alpha, random);
    case 'dirichlet':
      if (table.schema.label.kind === 'value')
        throw incompatible(`${table.name} has no classes to divide by: use iid, quantity or feature`, 'dirichlet');
      return divideByMix(whole(), hospitals, partition.alpha, random);
    case 'feature':
      return divideByValue(whole(), hospitals, valueOf(table, partition.column));
  }
}

/** A record's value in a column: a number, days, or the position of its level; of a missing one the lowest. */
function valueOf(table: Table, name: string): (records: Divisible, row: number) => number {
  const at = table.schema.columns.findIndex((column) => column.name === name);
  const column = table.schema.columns[at];
  if (!column || isArray(column))
    throw incompatible(`${table.name}: column "${name}" is none of the features with a number each`, name);
  const values = Float64Array.from({ length: table.rowCount }, (_, row) => {
    const value = table.row(row).values[at]!;
    return Number.isNaN(value) ? -Infinity : value;
  });
  const finite = values.filter((value) => value > -Infinity);
  const lowest = finite.reduce((a, b) => Math.min(a, b), Infinity);
  return (records, row) => Math.max(values[(records as Part).rows[row]!]!, lowest);
}

function incompatible(message: string, subject: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', message, subject);
}

import { FedwardError } from '@fedward/core';
import { cellsIn } from '../schema/columns.js';
import { widthOf } from '../schema/features.js';
import { notKnown, subgroupsOf, type KnownSubgroup, type RecordGroups } from '../schema/subgroups.js';
import type { TableSchema } from '../schema/table-schema.js';
import { MissingMask } from './missing-mask.js';
import { emptyRow, type Row } from './row.js';
import { RowTally, type RowCounts } from './row-counts.js';
import { OutsideTally, type OutsideRows } from './outside.js';
import { RowStore } from './row-store.js';

/** A record that comes in beside those of a source: what its cells would have been encoded as. */
export interface RawRecord {
  /** [width], as recorded: not scaled. */
  readonly features: Float64Array;
  /** The number of its class, or its value. */
  readonly label: number;
  /** Left out where the schema names no patient ids. */
  readonly patientId: string;
}

/**
 * Rows of patients, each cell typed by its column: a number in float64, since a time written as 20240131120000 has more
 * digits than float32 and is to be scaled before it is rounded, or the position of a level. With it: which cells had no
 * value, whose row it is and when, the label, the line of the source, and what became of the rows that are not there.
 *
 * Records are counted from 0: first those that were rows of the source, then those that joined.
 */
export class Table {
  readonly labels: number[] = [];
  /** Line of the source, from 1 on, on which each record begins; 0 for one that joined. */
  readonly lines: number[] = [];
  /** Where the schema names them. */
  readonly patientIds: string[] | undefined;
  /** Where the schema names the column; '' for a record that joined. */
  readonly sites: string[] | undefined;
  /** Where the schema names the column (see its `time`); NaN for a record that joined. */
  readonly times: number[] | undefined;
  /** Where the schema says that the data bring their split: whether each record is for testing. */
  readonly testing: boolean[] = [];
  /** Groups that the schema names. */
  readonly subgroups: readonly KnownSubgroup[];
  /** Records that joined. */
  readonly joined: readonly RawRecord[];
  /** Number of features that a row becomes. */
  readonly width: number;
  readonly #joined: RawRecord[] = [];
  /** [subgroups][count] */
  readonly #groups: number[][];
  readonly #shown: Row;
  readonly #values: RowStore;
  readonly #missing: MissingMask;
  readonly #tally = new RowTally();
  readonly #missingRows: Float64Array;
  readonly #outside: OutsideTally;
  #rows = 0;
  #sharedStatistics: string | undefined;

  constructor(
    readonly name: string,
    readonly schema: TableSchema,
  ) {
    const { columns, patientId, time, site } = schema;
    this.width = widthOf(columns);
    this.#missingRows = new Float64Array(columns.length);
    this.#outside = new OutsideTally(columns);
    this.#values = new RowStore(cellsIn(columns));
    this.#missing = new MissingMask(columns.length);
    this.patientIds = patientId === undefined ? undefined : [];
    this.sites = site === undefined ? undefined : [];
    this.times = time && [];
    this.joined = this.#joined;
    this.subgroups = subgroupsOf(schema);
    this.#groups = this.subgroups.map(() => []);
    this.#shown = emptyRow(columns.length, cellsIn(columns), this.subgroups.length);
  }

  /** Number of records. */
  get count(): number {
    return this.labels.length;
  }

  /** Number of records that were rows of the source. */
  get rowCount(): number {
    return this.#rows;
  }

  /** What became of the rows of the source: of those that joined nothing is said. */
  get rows(): RowCounts {
    return this.#tally.counts();
  }

  /** Of each column of the schema, in how many rows of the source it had no value, also in rows that were left out. */
  get missingRows(): readonly number[] {
    return [...this.#missingRows];
  }

  /** Where numbers were beyond what their columns allow, also in rows that were left out; columns without are not there. */
  get outsideRows(): readonly OutsideRows[] {
    return this.#outside.found();
  }

  /** What was computed from records together and used on each (see `TrainingData`); undefined where nothing was. */
  get sharedStatistics(): string | undefined {
    return this.#sharedStatistics;
  }

  /**
   * Adds a row, of which everything is copied.
   * @throws {FedwardError} ARGUMENT_INVALID for one without the patient id, time or side of the split that the schema names,
   *   and for any once records have joined
   */
  add(row: Row): void {
    const { patientIds, times, sites } = this;
    if (this.#joined.length > 0) throw invalid('row', `${this.name}: rows come before the records that join them`);
    patientIds?.push(row.patientId ?? this.#lacks('patientId'));
    sites?.push(row.site ?? this.#lacks('site'));
    times?.push(row.time ?? this.#lacks('time'));
    if (this.schema.split) this.testing.push(row.testing ?? this.#lacks('testing'));
    for (let g = 0; g < this.#groups.length; g++) this.#groups[g]!.push(row.groups[g] ?? notKnown);
    this.#values.add(row.values);
    this.#missing.set(this.#rows++, row.missing);
    this.labels.push(row.label);
    this.lines.push(row.line);
    this.#tally.use();
  }

  /** Counts rows that are left out. @param reason such as `no value in chol`; never what a cell holds */
  drop(reason: string, rows = 1): void {
    this.#tally.drop(reason, rows);
  }

  /** Counts what a row of the source lacks. @param missing [columns] */
  lack(missing: Uint8Array): void {
    for (let i = 0; i < missing.length; i++) this.#missingRows[i]! += missing[i]!;
  }

  /** Counts where a row of the source had numbers beyond what its columns allow. */
  findOutside({ outside, line }: Pick<Row, 'outside' | 'line'>): void {
    this.#outside.add(outside, line);
  }

  /** Marks the table: something that was computed from records together, in words, was used on each. */
  share(statistics: string): void {
    const before = this.#sharedStatistics;
    this.#sharedStatistics = before === undefined ? statistics : `${before}; ${statistics}`;
  }

  /** Adds records that are in no line of the source; where the data bring their split, for training. */
  join(joining: readonly RawRecord[] = []): void {
    for (const { features, label, patientId } of joining) {
      if (features.length !== this.width)
        throw invalid('features', `${this.name}: ${features.length} features where rows have ${this.width}`);
      this.#joined.push({ features: features.slice(), label, patientId });
      this.labels.push(label);
      this.lines.push(0);
      this.patientIds?.push(patientId);
      this.sites?.push('');
      this.times?.push(NaN);
      if (this.schema.split) this.testing.push(false);
      for (const codes of this.#groups) codes.push(notKnown);
    }
  }

  /** The groups that some of the records belong to, in the order given. They are there also once rows were taken. */
  groupsOf(records: readonly number[]): RecordGroups[] {
    return this.subgroups.map(({ name, levels }, g) => ({
      name,
      levels,
      codes: Uint8Array.from(records, (record) => this.#groups[g]![record]!),
    }));
  }

  /** One of the rows, to be looked at before the next is asked for, and not to be changed. Quick in order. */
  row(row: number): Row {
    return this.#show(row, this.#values.row(row));
  }

  /** The same, for the last time: in order, after which no row is there any more. It may be changed. */
  takeRow(row: number): Row {
    return this.#show(row, this.#values.take(row));
  }

  #show(row: number, values: Float64Array): Row {
    const shown = this.#shown;
    shown.values = values;
    shown.missing = this.#missing.row(row);
    shown.label = this.labels[row]!;
    shown.line = this.lines[row]!;
    shown.patientId = this.patientIds?.[row];
    shown.site = this.sites?.[row];
    shown.time = this.times?.[row];
    shown.testing = this.testing[row];
    for (let g = 0; g < this.#groups.length; g++) shown.groups[g] = this.#groups[g]![row]!;
    return shown;
  }

  #lacks(what: string): never {
    throw invalid(what, `${this.name}: a row has no ${what}, which its schema names`);
  }
}

function invalid(name: string, message: string): FedwardError {
  return new FedwardError('ARGUMENT_INVALID', message, name);
}

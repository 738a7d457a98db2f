import { assertThat, FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';
import { readPieces } from '../files.js';
import { tableSchema, type Level, type TableSchema, type TableSchemaInput } from '../schema.js';
import { parseNumber } from './equality.js';
import { csvOptionsSchema } from './options.js';
import { openCsv } from './table.js';

const inspectOptionsSchema = csvOptionsSchema.extend({
  /** The column to propose as the label. Default: the last that can be one. */
  label: z.string().optional(),
});

export type InspectOptionsInput = z.input<typeof inspectOptionsSchema>;

export interface InspectedColumn {
  readonly name: string;
  /** A guess. `text`: many different values, or one only; they are not shown, for they may be names. */
  readonly kind: 'numeric' | 'binary' | 'categorical' | 'text' | 'empty';
  /** Number of rows without a value. */
  readonly missing: number;
  /** Of a column of numbers. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of a binary or categorical column, in order. */
  readonly levels?: readonly Level[];
}

export interface CsvInspection {
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly InspectedColumn[];
  /** A schema to start from, for a person to check; absent where no column could be a feature or the label. */
  readonly proposedSchema?: TableSchema;
}

/** More different values than this make a column of text free text, and a column of integers a quantity. */
const mostLevels = { text: 20, integers: 10 };
/** Rows a level on average, below which values are taken for free text or a quantity rather than codes. */
const rowsPerLevel = 5;
const idName = /^(patient|subject|person|pid|id|mrn)[ _-]?(id|no|nr|number)?#?$/i;

/**
 * What a CSV file holds, column by column, without a row of it: guessed kinds, missing values, ranges, levels,
 * and a schema to start from. Ranges and levels are still facts about patients: they are for the site that has
 * the file.
 *
 * @throws {FedwardError} CONFIG_INVALID, FILE_NOT_FOUND, FILE_INVALID, DATA_EMPTY or DATA_MALFORMED as
 * `readCsvDataset`; ARGUMENT_INVALID for a label that is no column, or could not be a label
 */
export async function inspectCsv(file: string, options: InspectOptionsInput = {}): Promise<CsvInspection> {
  const { label, ...csv } = parseWith(inspectOptionsSchema, options, 'the options');
  const missing = new Set(csv.missing);
  let tallies: Tally[] | undefined;
  let rows = 0;
  const table = await openCsv(readPieces(file), file, csv);
  for await (const batch of table.rows)
    for (const { fields } of batch) {
      tallies ??= table.names.map((name) => new Tally(name));
      rows++;
      fields.forEach((cell, i) => tallies![i]!.add(cell, missing));
    }
  if (!tallies) throw new FedwardError('DATA_EMPTY', `${file}: there are no rows`, file);
  const columns = tallies.map((tally) => tally.column());
  const proposedSchema = propose(columns, label);
  return { file, rows, columns, ...(proposedSchema && { proposedSchema }) };
}

/** What is kept of a column while the file goes by: nothing that grows with it. */
class Tally {
  #present = 0;
  #missing = 0;
  #numbers = 0;
  #integers = 0;
  #minimum = Infinity;
  #maximum = -Infinity;
  readonly #levels = new Set<Level>();

  constructor(private readonly name: string) {}

  add(cell: string, missing: ReadonlySet<string>): void {
    if (missing.has(cell)) {
      this.#missing++;
      return;
    }
    this.#present++;
    const value = parseNumber(cell);
    if (value !== undefined) {
      this.#numbers++;
      if (Number.isInteger(value)) this.#integers++;
      if (value < this.#minimum) this.#minimum = value;
      if (value > this.#maximum) this.#maximum = value;
    }
    if (this.#levels.size <= mostLevels.text) this.#levels.add(value ?? cell);
  }

  column(): InspectedColumn {
    const numbers = this.#present > 0 && this.#numbers === this.#present;
    const kind = this.#kind(numbers);
    const { name } = this;
    return {
      name,
      kind,
      missing: this.#missing,
      ...(numbers && { minimum: this.#minimum, maximum: this.#maximum }),
      ...((kind === 'binary' || kind === 'categorical') && {
        levels: [...this.#levels].sort((a, b) =>
          typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
        ),
      }),
    };
  }

  #kind(numbers: boolean): InspectedColumn['kind'] {
    if (this.#present === 0) return 'empty';
    const different = this.#levels.size;
    const limit = !numbers ? mostLevels.text : this.#integers === this.#present ? mostLevels.integers : 2;
    if (different >= 2 && different <= limit && this.#present >= rowsPerLevel * different)
      return different === 2 ? 'binary' : 'categorical';
    return numbers ? 'numeric' : 'text';
  }
}

function propose(columns: readonly InspectedColumn[], labelName: string | undefined): TableSchema | undefined {
  const usable = columns.filter(({ kind, name }) => kind !== 'text' && kind !== 'empty' && !idName.test(name));
  const label = labelName === undefined ? usable.at(-1) : columns.find(({ name }) => name === labelName);
  assertThat(
    labelName === undefined || (label !== undefined && label.kind !== 'text' && label.kind !== 'empty'),
    'label',
    `there is no column "${labelName}" that could be a label`,
  );
  const features = usable.filter(({ name }) => name !== '' && name !== label?.name);
  if (!label || label.name === '' || features.length === 0) return undefined;
  const patientId = columns.find(({ name }) => idName.test(name) && name !== label.name)?.name;
  const named = ({ name, missing }: InspectedColumn) => ({
    name,
    ...(missing > 0 && { missing: 'drop-row' as const }),
  });
  const proposal: TableSchemaInput = {
    columns: features.map((column) => {
      const { kind, levels = [] } = column;
      if (kind === 'binary') return { ...named(column), kind, levels: [levels[0]!, levels[1]!] };
      return kind === 'categorical'
        ? { ...named(column), kind, levels: [...levels] }
        : { ...named(column), kind: 'numeric' as const };
    }),
    label: label.levels
      ? {
          ...named(label),
          kind: 'class',
          classes: label.levels.map((value) => ({ name: String(value), values: [value] })),
        }
      : { ...named(label), kind: 'value' },
    ...(patientId !== undefined && { patientId }),
  };
  return parseWith(tableSchema, proposal, 'the proposed schema');
}

import { assertThat, FedwardError, parseWith } from '@fedward/core';
import {
  canonicalText,
  isBlank,
  isTotal,
  missingTokens,
  valueKey,
  type DecimalMark,
  type Level,
  type TableSchema,
} from '@fedward/kit-tables';
import * as z from 'zod';
import { readPieces } from '../files.js';
import { openCsv } from './open.js';
import { csvOptionsSchema, type CsvOptionsInput } from './options.js';
import { known, propose, type LeftOutColumn } from './propose.js';
import { Tally, type InspectedColumn } from './tally.js';

const inspectOptionsSchema = csvOptionsSchema.extend({
  /** Default: a comma where columns hold numbers only if it is one, and no number has a point. */
  decimal: z.enum(['.', ',']).optional(),
  /** Columns that the file should have, such as those of a schema: a first line that has them all is its header. */
  columns: z.array(z.string()).default([]),
  /** The column to propose as the label. Default: the last that can be one. */
  label: z.string().optional(),
  /** The column that tells patients apart. Default: the first that is called like one, such as `patient_id`. */
  patientId: z.string().optional(),
  /** A value is shown where at least so many patients have it, or rows where patients can't be told apart. */
  minimumPatients: z.int().min(1).default(5),
});

/** What an inspection may be told. */
export type InspectOptionsInput = z.input<typeof inspectOptionsSchema>;
type InspectOptions = z.output<typeof inspectOptionsSchema>;

/** What a CSV file holds, as far as it may be shown to who may see the file. */
export interface CsvInspection {
  readonly file: string;
  /** What of this was computed from patients, and for whom it is: a sentence. */
  readonly notPublic: string;
  readonly rows: number;
  /** Rows of which no cell holds anything; not among `rows`. */
  readonly blankRows: number;
  /** The column that tells patients apart, and how many there are. */
  readonly patientId?: string;
  readonly patients?: number;
  readonly minimumPatients: number;
  readonly columns: readonly InspectedColumn[];
  /** What to look at before the file is used, in sentences. */
  readonly notes: readonly string[];
  /** Columns that the proposed schema does not read, and why. */
  readonly leftOut: readonly LeftOutColumn[];
  /**
   * A schema to start from, for a person to check; absent where no column could be a feature or the label. With how the
   * file is to be read (`csv`), where that is not as by default.
   */
  readonly proposedSchema?: TableSchema & { readonly csv?: CsvOptionsInput };
}

const notPublic =
  'Counts, ranges and levels are read from the data of patients. They are for the site that has the file: to send them ' +
  'away, or to choose scales, ranges or levels of a private study by them, is a release that no epsilon pays for.';

const idName =
  /^((patient|subject|person|pid|id|mrn)([ _-]?(id|no|nr|num|number|nummer))?|(case|record|pat)[ _-]?(id|no|nr|number))[#.]?$/i;

/**
 * What a CSV file holds, column by column, without a row of it: guessed kinds, missing values, ranges, levels, and a
 * schema to start from. A level is shown where enough patients have it, a range where it is nobody's own. All of it is
 * still facts about patients: it is for the site that has the file.
 *
 * @throws {FedwardError} CONFIG_INVALID, FILE_NOT_FOUND, FILE_INVALID, DATA_EMPTY or DATA_MALFORMED as
 * `readCsvDataset`; ARGUMENT_INVALID for a label or a patient id that is no column, or a label that could not be one
 */
export async function inspectCsv(file: string, options: InspectOptionsInput = {}): Promise<CsvInspection> {
  const parsed = parseWith(inspectOptionsSchema, options, 'what was asked of the inspection');
  const found = await tallyFile(file, parsed, parsed.decimal ?? '.');
  const commas = parsed.decimal === undefined && hasDecimalCommas(found.tallies);
  const { tallies, names, rows, blankRows, ids, delimiter, totals } = commas
    ? await tallyFile(file, parsed, ',')
    : found;
  if (rows === 0) throw new FedwardError('DATA_EMPTY', `${file}: there are no rows`, file);

  const { label, minimumPatients } = parsed;
  const columns = tallies.map((tally, i): InspectedColumn => {
    if (i !== ids?.position && !idName.test(tally.name)) return tally.column();
    const { name, missing } = tally.column();
    return { name, kind: 'id', missing, ...(i === ids?.position && { different: ids.spelled.size }) };
  });
  const patientId = ids && names[ids.position]!;
  const all = columns.map((column, i) => known(tallies[i]!, column, i));
  const { proposedSchema, leftOut } = propose(all, label, patientId, minimumPatients);
  const csv = csvSection(parsed, delimiter, commas);
  return {
    file,
    notPublic,
    rows,
    blankRows,
    ...(ids && { patientId: patientId!, patients: ids.spelled.size }),
    minimumPatients,
    columns,
    notes: [
      ...notesOf({ names, ids, blankRows, totals, commas, columns }),
      ...labelNote(columns, label, proposedSchema, leftOut),
    ],
    leftOut,
    ...(proposedSchema && { proposedSchema: { ...proposedSchema, ...(csv && { csv }) } }),
  };
}

interface Ids {
  readonly position: number;
  /** Each id by its key, as it is spelled first. */
  readonly spelled: Map<string, { readonly id: string; readonly line: number }>;
  /** Lines of the first id that is a number in two spellings. */
  twoSpellings?: readonly [number, number];
}

async function tallyFile(file: string, options: InspectOptions, decimal: DecimalMark) {
  const { columns, patientId, minimumPatients, ...csv } = options;
  const table = await openCsv(() => readPieces(file), file, { ...csv, decimal }, columns);
  const { names } = table;
  const missing = missingTokens(csv.missing, decimal);
  const tallies = names.map((name) => new Tally(name, { missing, decimal, minimumPatients }));
  const position = patientId === undefined ? names.findIndex((name) => idName.test(name)) : names.indexOf(patientId);
  const ids: Ids | undefined = position >= 0 ? { position, spelled: new Map() } : undefined;
  let rows = 0;
  let blankRows = 0;
  let totals: number | undefined;
  try {
    assertThat(patientId === undefined || position >= 0, 'patientId', `there is no column "${patientId}"`);
    for await (const batch of table.rows)
      for (const record of batch) {
        if (isBlank(record)) {
          blankRows++;
          continue;
        }
        const { line, fields } = record;
        const heading = ids ? fields[position]! : fields.find((field) => field !== '')!;
        if (isTotal(heading)) {
          totals ??= line;
          continue;
        }
        const own = ids && fields[position]!;
        const patient = own && !missing.has(own) ? countId(ids, canonicalText(own), line, decimal) : line;
        for (let i = 0; i < fields.length; i++) tallies[i]!.add({ cell: fields[i]!, line, patient });
        rows++;
      }
  } finally {
    await table.close();
  }
  return { tallies, names, rows, blankRows, ids, delimiter: table.delimiter, totals };
}

function countId(ids: Ids, id: string, line: number, decimal: DecimalMark): string {
  const key = valueKey(id, decimal);
  const earlier = ids.spelled.get(key);
  if (!earlier) ids.spelled.set(key, { id, line });
  else if (earlier.id !== id) ids.twoSpellings ??= [earlier.line, line];
  return key;
}

/**
 * Columns that hold numbers only if the comma is the decimal mark, and not one number with a point. Where all commas could
 * part thousands as well, it is not for a program to guess: a wrong guess is wrong by a factor of a thousand.
 */
function hasDecimalCommas(tallies: readonly Tally[]): boolean {
  const points = tallies.some(({ marks }) => marks.point > 0);
  return (
    !points &&
    tallies.some(
      ({ marks, present, ambiguousCommas }) => marks.comma > 0 && !ambiguousCommas && 2 * marks.comma >= present,
    )
  );
}

/** How the file is to be read, as far as a reader would not do so by itself. */
function csvSection(options: InspectOptions, delimiter: string, commas: boolean): CsvOptionsInput | undefined {
  const { encoding, header, decimal, missing, skipLines, transposed } = options;
  const usual = csvOptionsSchema.parse({}).missing;
  const section: CsvOptionsInput = {
    ...((options.delimiter !== undefined || delimiter !== ',') && { delimiter }),
    ...(header !== undefined && { header }),
    ...(encoding !== undefined && { encoding }),
    ...((commas || decimal === ',') && { decimal: ',' }),
    ...(skipLines !== undefined && { skipLines }),
    ...(transposed && { transposed }),
    ...(missing.join('\n') !== usual.join('\n') && { missing }),
  };
  return Object.keys(section).length > 0 ? section : undefined;
}

/** Says that another column than the last is taken for the label: the last is what people mean, more often than not. */
function labelNote(
  columns: readonly InspectedColumn[],
  label: string | undefined,
  proposed: TableSchema | undefined,
  leftOut: readonly LeftOutColumn[],
): string[] {
  const last = columns.findLast(({ name, kind }) => name !== '' && kind !== 'empty')?.name;
  if (label !== undefined || proposed === undefined || last === undefined || proposed.label.name === last) return [];
  const why = leftOut.find(({ column }) => column === last)?.why;
  return [
    `The label is a guess: "${last}" comes last${why === undefined ? '' : `, and ${why}`}. --label names another.`,
  ];
}

const inSmall = (level: Level): string => String(level).toLowerCase();

function notesOf(about: {
  readonly names: readonly string[];
  readonly ids: Ids | undefined;
  readonly blankRows: number;
  readonly totals: number | undefined;
  readonly commas: boolean;
  readonly columns: readonly InspectedColumn[];
}): string[] {
  const { names, ids, blankRows, totals, commas, columns } = about;
  const notes: string[] = [];
  if (blankRows > 0) notes.push(`${blankRows} rows hold nothing; they are left out.`);
  if (totals !== undefined)
    notes.push(`Line ${totals} is a row of totals and no patient: it is not counted here, and must be removed.`);
  if (commas) notes.push('Numbers have a decimal comma: the proposed schema says so.');
  if (ids?.twoSpellings)
    notes.push(
      `"${names[ids.position]}" has one number in two spellings, first on lines ${ids.twoSpellings.join(' and ')}: the ` +
        'file is refused until they are written alike.',
    );
  for (const { name, levels = [] } of columns) {
    const alike = levels.find((level, i) => levels.slice(0, i).some((other) => inSmall(other) === inSmall(level)));
    if (alike !== undefined)
      notes.push(
        `"${name}" has values that differ in capitals only (such as ${inSmall(alike)}): they are different levels until they are written alike.`,
      );
  }
  const withoutId = ids ? columns[ids.position]!.missing : 0;
  if (withoutId > 0) notes.push(`${withoutId} rows have no patient id: the file is refused until they have one.`);
  for (const { name, kind, levels = [], levelsNotShown = 0 } of columns)
    if (kind === 'binary' && levels.length + levelsNotShown === 1)
      notes.push(`"${name}" has only one of 0 and 1 in this file.`);
  return notes;
}

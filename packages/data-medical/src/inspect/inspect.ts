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
import { basename } from 'node:path';
import { csvOptionsSchema, type CsvOptionsInput } from '../csv/options.js';
import { openSource } from '../source/open.js';
import { digestFiles } from '../source/sheet.js';
import { sourceSchema, type SourceInput } from '../source/spec.js';
import { known, propose, type LeftOutColumn } from './propose.js';
import { remarksOn, type InspectedFile } from './remarks.js';
import { RowSample } from './sample.js';
import { Tally, type InspectedColumn } from './tally.js';

const questionsShape = {
  /** Columns that the file should have, such as those of a schema: a first line that has them all is its header. */
  columns: z.array(z.string()).default([]),
  /** The column to propose as the label. Default: the last that can be one. */
  label: z.string().optional(),
  /** The column that tells patients apart. Default: the first that is called like one, such as `patient_id`. */
  patientId: z.string().optional(),
  /** A value is shown where at least so many patients have it, or rows where patients can't be told apart. */
  minimumPatients: z.int().min(1).default(5),
};
/** Default of `decimal`: a comma where columns hold numbers only if it is one, and no number has a point. */
const decimal = z.enum(['.', ',']).optional();

const inspectOptionsSchema = z.strictObject({
  ...sourceSchema.shape,
  csv: csvOptionsSchema.extend({ decimal }).optional(),
  ...questionsShape,
});

/** What an inspection of files may be told: how they are read, and what is asked. */
export type InspectDataOptions = Omit<SourceInput, 'csv'> & { readonly csv?: CsvOptionsInput } & {
  readonly [K in keyof typeof questionsShape]?: z.input<(typeof questionsShape)[K]> | undefined;
};

const inspectCsvSchema = csvOptionsSchema.extend({ decimal, ...questionsShape });
/** What an inspection of a CSV file may be told. */
export type InspectOptionsInput = z.input<typeof inspectCsvSchema>;
type InspectOptions = z.output<typeof inspectOptionsSchema>;

/** What files hold, as far as it may be shown to who may see them. */
export interface DataInspection {
  readonly file: string;
  /** Where several hospitals' files were inspected together: each by name. */
  readonly files?: readonly { readonly file: string; readonly rows: number; readonly patients?: number }[];
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
  readonly proposedSchema?: TableSchema & SourceInput;
}

const notPublic =
  'Counts, ranges and levels are read from the data of patients. They are for the site that has the file: to send them ' +
  'away, or to choose scales, ranges or levels of a private study by them, is a release that no epsilon pays for.';

const idName =
  /^((patient|subject|person|pid|id|mrn)([ _-]?(id|no|nr|num|number|nummer))?|(case|record|pat)[ _-]?(id|no|nr|number))[#.]?$/i;

/**
 * What files hold, column by column, without a row of them: guessed kinds, missing values, ranges, levels, what looks
 * wrong, and a schema to start from by which all of them can be read. A level is shown where enough patients have it, a
 * range where it is nobody's own. All of it is still facts about patients: it is for the sites that have the files.
 *
 * @param paths of one hospital's data, or of several hospitals' with the same columns
 * @throws {FedwardError} CONFIG_INVALID, FILE_NOT_FOUND, FILE_INVALID, DATA_EMPTY or DATA_MALFORMED as
 * `readStudy`; ARGUMENT_INVALID for a label or a patient id that is no column, or a label that could not be one
 */
export async function inspectData(
  paths: readonly [string, ...string[]],
  options: InspectDataOptions = {},
): Promise<DataInspection> {
  const parsed = parseWith(inspectOptionsSchema, options, 'what was asked of the inspection');
  const told = parsed.csv?.decimal;
  const found = await tallyFiles(paths, parsed, told ?? '.');
  const commas = told === undefined && hasDecimalCommas(found.tallies);
  const { tallies, names, files, blankRows, ids, csv, totals } = commas ? await tallyFiles(paths, parsed, ',') : found;
  for (const { file, rows } of files)
    if (rows === 0) throw new FedwardError('DATA_EMPTY', `${file}: there are no rows`, file);

  const { label, minimumPatients } = parsed;
  const columns = tallies.map((tally, i): InspectedColumn => {
    if (i !== ids?.position && !idName.test(tally.name)) return tally.column();
    const { name, missing } = tally.column();
    return { name, kind: 'id', missing, ...(i === ids?.position && { different: ids.spelled.size }) };
  });
  const patientId = ids && names[ids.position]!;
  const all = columns.map((column, i) => known(tallies[i]!, column, i));
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const { proposedSchema, leftOut } = propose(all, { label, patientId, minimumPatients, rows });
  const source = sourceSection(parsed, csv, commas);
  const remarks = remarksOn({ files, columns, label: proposedSchema?.label.name, minimumPatients });
  return {
    file: paths.join(', '),
    ...(files.length > 1 && {
      files: files.map(({ file, rows: own, patients }) => ({
        ...{ file, rows: own },
        ...(patients && { patients: patients.size }),
      })),
    }),
    notPublic,
    rows,
    blankRows,
    ...(ids && { patientId: patientId!, patients: ids.spelled.size }),
    minimumPatients,
    columns,
    notes: [
      ...notesOf({ names, ids, blankRows, totals, commas, columns }),
      ...labelNote(columns, label, proposedSchema, leftOut),
      ...remarks,
    ],
    leftOut,
    ...(proposedSchema && { proposedSchema: { ...proposedSchema, ...source } }),
  };
}

/** `inspectData` of one CSV file. @throws {FedwardError} as that */
export async function inspectCsv(file: string, options: InspectOptionsInput = {}): Promise<DataInspection> {
  const { columns, label, patientId, minimumPatients, ...csv } = parseWith(
    inspectCsvSchema,
    options,
    'what was asked of the inspection',
  );
  const asked = { columns, label, patientId, minimumPatients };
  return inspectData([file], { format: 'csv', csv: csv as CsvOptionsInput, ...asked });
}

interface Ids {
  readonly position: number;
  /** Each id by its key, as it is spelled first. */
  readonly spelled: Map<string, { readonly id: string; readonly line: number }>;
  /** Lines of the first id that is a number in two spellings. */
  twoSpellings?: readonly [number, number];
}

interface TalliedFile extends InspectedFile {
  readonly file: string;
  readonly rows: number;
}

/** All files into one tally a column; patients of two files are two patients. */
async function tallyFiles(paths: readonly string[], options: InspectOptions, decimal: DecimalMark) {
  const { columns, patientId, minimumPatients, csv, ...spec } = options;
  const settings = { ...csvOptionsSchema.parse({}), ...csv, decimal };
  const missing = missingTokens(settings.missing, decimal);
  const tallies: Tally[] = [];
  const names: string[] = [];
  const files: TalliedFile[] = [];
  let ids: Ids | undefined;
  let blankRows = 0;
  let totals: number | undefined;
  let delimiter: string | undefined;
  for (const [n, path] of paths.entries()) {
    const source = await openSource(path, { ...spec, csv: settings }, columns);
    delimiter ??= source.delimiter;
    if (n === 0) {
      names.push(...source.names);
      tallies.push(...names.map((name) => new Tally(name, { missing, decimal, minimumPatients })));
      const position =
        patientId === undefined ? names.findIndex((name) => idName.test(name)) : names.indexOf(patientId);
      if (position >= 0) ids = { position, spelled: new Map() };
    }
    const at = names.map((name) => source.names.indexOf(name));
    const sample = new RowSample(names, { missing, decimal });
    const own = new Set<string>();
    let rows = 0;
    try {
      assertThat(patientId === undefined || ids !== undefined, 'patientId', `there is no column "${patientId}"`);
      const absent = names.filter((_, i) => at[i]! < 0);
      if (absent.length > 0)
        throw new FedwardError(
          'DATA_MALFORMED',
          `${path}: no column is named "${absent[0]}", as in ${paths[0]}`,
          absent[0],
        );
      for await (const batch of source.rows)
        for (const record of batch) {
          if (isBlank(record) && !record.arrays) {
            blankRows++;
            continue;
          }
          const { line, arrays } = record;
          const fields = n === 0 ? record.fields : at.map((i) => record.fields[i]!);
          const heading = ids ? fields[ids.position]! : (fields.find((field) => field !== '') ?? '');
          if (isTotal(heading)) {
            totals ??= line;
            continue;
          }
          const id = ids && fields[ids.position]!;
          const key = id && !missing.has(id) ? countId(ids!, canonicalText(id), line, decimal, n) : undefined;
          if (key !== undefined) own.add(key);
          const patient = `${n} ${key ?? line}`;
          for (let i = 0; i < fields.length; i++) {
            const array = arrays?.[names[i]!];
            if (array) tallies[i]!.addArray(array);
            else tallies[i]!.add({ cell: fields[i]!, line, patient });
          }
          sample.add(fields);
          rows++;
        }
    } finally {
      await source.close();
    }
    const [digested] = await digestFiles(source.files);
    files.push({
      ...{ file: path, name: basename(path), rows, sample },
      digest: digested?.sha256 ?? '',
      patients: ids ? own : undefined,
    });
  }
  return { tallies, names, files, blankRows, ids, csv: { ...settings, delimiter }, totals };
}

function countId(ids: Ids, id: string, line: number, decimal: DecimalMark, file: number): string {
  const key = valueKey(id, decimal);
  const own = `${file} ${key}`;
  const earlier = ids.spelled.get(own);
  if (!earlier) ids.spelled.set(own, { id, line });
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

/** How the files are to be read, as far as a reader would not do so by itself. */
function sourceSection(
  options: InspectOptions,
  { delimiter }: { readonly delimiter: string | undefined },
  commas: boolean,
): SourceInput {
  const { columns: _c, label: _l, patientId: _p, minimumPatients: _m, csv, ...spec } = options;
  const { format, ...others } = spec;
  const usual = csvOptionsSchema.parse({});
  const told = Object.entries(csv ?? {}).filter(
    ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(usual[key as keyof typeof usual]),
  );
  const section = {
    ...Object.fromEntries(told),
    ...(delimiter !== undefined && delimiter !== ',' && { delimiter }),
    ...(commas && { decimal: ',' as const }),
  };
  return {
    ...others,
    ...(format !== undefined && format !== 'csv' && { format }),
    ...(Object.keys(section).length > 0 && { csv: section }),
  };
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

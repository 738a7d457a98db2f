import { FedwardError, parseWith } from '@fedward/core';
import { undeclaredColumns, type TableSchema } from '@fedward/kit-tables';
import { csvOptionsSchema, type CsvOptionsInput } from '../csv/options.js';
import { declaresImputation } from '../impute/records.js';
import type { SourceInput } from '../source/spec.js';
import type { StudySchemaInput } from '../study/schema-file.js';
import { labelNote, notesOf } from './notes.js';
import {
  inspectCsvSchema,
  inspectOptionsSchema,
  type InspectDataOptions,
  type InspectOptions,
  type InspectOptionsInput,
} from './options.js';
import { known, propose, type LeftOutColumn } from './propose.js';
import { remarksOn } from './remarks.js';
import type { InspectedColumn, Tally } from './tally.js';
import { idName, tallyFiles } from './tally-files.js';

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
   * file is to be read (`csv`), where that is not as by default, and by whose records numbers are scaled.
   */
  readonly proposedSchema?: Omit<TableSchema, 'imputation'> & SourceInput & Shared;
}

const notPublic =
  'Counts, ranges and levels are read from the data of patients. They are for the site that has the file: to send them ' +
  'away, or to choose scales, ranges or levels of a private study by them, is a release that no epsilon pays for.';

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
    ...(proposedSchema && { proposedSchema: { ...proposedSchema, ...source, ...sharedOf(proposedSchema) } }),
  };
}

/** `inspectData` of one CSV file, with a schema that `readCsvDataset` takes. @throws {FedwardError} as that */
export async function inspectCsv(file: string, options: InspectOptionsInput = {}): Promise<DataInspection> {
  const { columns, label, patientId, minimumPatients, ...csv } = parseWith(
    inspectCsvSchema,
    options,
    'what was asked of the inspection',
  );
  const asked = { columns, label, patientId, minimumPatients };
  const found = await inspectData([file], { format: 'csv', csv: csv as CsvOptionsInput, ...asked });
  const { standardization: _scales, imputation: _missing, ...schema } = found.proposedSchema ?? {};
  return { ...found, ...(found.proposedSchema && { proposedSchema: schema as TableSchema & SourceInput }) };
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

/** What is learned of all hospitals together. */
type Shared = Pick<StudySchemaInput, 'standardization' | 'imputation'>;

/**
 * By whose records numbers are scaled and missing values filled in: by those of all hospitals, so that the model has one
 * preprocessing, which a hospital that took no part can use too.
 */
function sharedOf(schema: TableSchema): Shared {
  return {
    ...(undeclaredColumns(schema).length > 0 && { standardization: 'federation' }),
    ...(declaresImputation({ schema }) && { imputation: { fitted: 'federation' } }),
  };
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

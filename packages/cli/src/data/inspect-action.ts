import { FedwardError } from '@fedward/core';
import { createFileAtomic } from '@fedward/kit-files';
import {
  inspectData,
  readStudy,
  readStudySchema,
  sourceSchema,
  type DataInspection,
  type CsvOptionsInput,
  type StudySchema,
  type InspectedColumn,
} from '@fedward/data-medical';
import { counted, rowsText } from '@fedward/sim-healthcare/report';
import { printJson, printLine, printLines } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** `fedward data inspect` as commander has parsed it. */
export interface InspectFlags {
  /** A schema to check the file against; its csv section says how the file is read. */
  readonly schema?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
  /** Names, with commas between them. */
  readonly header?: string;
  readonly decimal?: '.' | ',';
  readonly label?: string;
  readonly patientId?: string;
  readonly minimumPatients?: number;
  /** Where the proposed schema goes, alone. */
  readonly write?: string;
  readonly json?: boolean;
}

/** What is in files; with a schema, whether they fit. */
export async function inspectAction(paths: readonly [string, ...string[]], flags: InspectFlags): Promise<void> {
  const schemaFile = flags.schema === undefined ? undefined : await readStudySchema(flags.schema);
  const given = csvOptions(flags);
  const csv = { ...schemaFile?.source.csv, ...given };
  const { label, minimumPatients } = flags;
  const patientId = flags.patientId ?? schemaFile?.schema.patientId;
  const { csv: _csv, ...source } = schemaFile?.source ?? {};
  const found = await inspectData(paths, {
    ...source,
    ...(Object.keys(csv).length > 0 && { csv }),
    ...(schemaFile && { columns: namesIn(schemaFile) }),
    ...(label !== undefined && { label }),
    ...(patientId !== undefined && { patientId }),
    ...(minimumPatients !== undefined && { minimumPatients }),
  });
  const checked = schemaFile ? await check(paths, schemaFile, csv) : [];
  if (flags.write !== undefined) await writeSchema(flags.write, found);
  if (flags.json)
    return printJson({ ...found, ...(schemaFile && { checked: checked.length === 1 ? checked[0] : checked }) });
  printInspection(found, flags.write);
  for (const { file, rows } of checked) printLine(`${file} fits ${flags.schema}: ${rowsText(rows)}`);
}

/** Reads each as the schema says. @throws {FedwardError} what is wrong with one, with its place */
async function check(paths: readonly string[], study: StudySchema, csv: CsvOptionsInput) {
  const source = Object.keys(csv).length > 0 ? sourceSchema.parse({ ...study.source, csv }) : study.source;
  const checked = [];
  for (const file of paths) {
    const { rows } = (await readStudy(file, { ...study, source })).sheet;
    checked.push({ file, records: rows.used, rows });
  }
  return checked;
}

function csvOptions({ delimiter, encoding, header, decimal }: InspectFlags): CsvOptionsInput {
  return {
    ...(delimiter !== undefined && { delimiter: delimiter === '\\t' || delimiter === 'tab' ? '\t' : delimiter }),
    ...(encoding !== undefined && { encoding }),
    ...(header !== undefined && { header: header.split(',').map((name) => name.trim()) }),
    ...(decimal !== undefined && { decimal }),
  };
}

function namesIn({ schema: { columns, label, patientId } }: StudySchema): string[] {
  return [...columns.map(({ name }) => name), label.name, ...(patientId === undefined ? [] : [patientId])];
}

async function writeSchema(path: string, { proposedSchema, file }: DataInspection): Promise<void> {
  if (!proposedSchema)
    throw new FedwardError('CONFIG_INVALID', `--write: there is no schema to propose for ${file}`, '--write');
  if (!(await createFileAtomic(path, JSON.stringify(proposedSchema, null, 2) + '\n')))
    throw new FedwardError('CONFIG_INVALID', `--write: ${path} is there already`, '--write');
}

function printInspection(found: DataInspection, written: string | undefined): void {
  const { file, rows, columns, patientId, patients, notes, leftOut, proposedSchema, notPublic } = found;
  const whose = patients === undefined ? '' : `, ${counted(patients, 'different id')} in "${patientId}"`;
  printLine(`${file}: ${counted(rows, 'row')}${whose}, ${counted(columns.length, 'column')}`);
  for (const own of found.files ?? [])
    printLine(
      `  ${own.file}: ${counted(own.rows, 'row')}${own.patients === undefined ? '' : `, ${counted(own.patients, 'different id')}`}`,
    );
  printTable(
    ['Column', 'Kind', 'Missing', 'Range or levels'],
    columns.map((column) => [column.name, column.kind, String(column.missing), shown(column)]),
  );
  printLine(`Not public. ${notPublic}`);
  for (const note of notes) printLine(note);
  if (leftOut.length > 0) printLine('Not in the proposed schema:');
  for (const { column, why } of leftOut) printLine(`  ${column} ${why}`);
  if (!proposedSchema) return printLine('There is no schema to propose: it needs a feature and a label.');
  if (written !== undefined) return printLine(`The proposed schema is in ${written}.`);
  printLine('A schema to start from (--write FILE writes it):');
  printLines(JSON.stringify(proposedSchema, null, 2));
}

/** What may be shown of a column's values. */
function shown({ low, high, levels, levelsNotShown = 0, notNumbers, different, array }: InspectedColumn): string {
  const parts = [
    ...(levels && levels.length > 0 ? [levels.join(', ')] : []),
    ...(levelsNotShown > 0 ? [`${levelsNotShown} not shown: too few patients`] : []),
    ...(low !== undefined && high !== undefined ? [`about ${low} to ${high}`] : []),
    ...(array
      ? [`${array.oneShape ? array.shape.join(' x ') : 'of different shapes'}, ${array.lowest} to ${array.highest}`]
      : []),
    ...(notNumbers ? [`${notNumbers.cells} not numbers, the first on line ${notNumbers.firstLine}`] : []),
    ...(different !== undefined ? [`${different} different`] : []),
  ];
  return parts.join('; ');
}

import { FedwardError } from '@fedward/core';
import { createFileAtomic } from '@fedward/kit-files';
import {
  inspectCsv,
  readCsvDataset,
  readStudySchema,
  type CsvInspection,
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

/** What is in a CSV file; with a schema, whether it fits. */
export async function inspectAction(file: string, flags: InspectFlags): Promise<void> {
  const schemaFile = flags.schema === undefined ? undefined : await readStudySchema(flags.schema);
  const csv = { ...schemaFile?.source.csv, ...csvOptions(flags) };
  const { label, minimumPatients } = flags;
  const patientId = flags.patientId ?? schemaFile?.schema.patientId;
  const found = await inspectCsv(file, {
    ...csv,
    ...(schemaFile && { columns: namesIn(schemaFile) }),
    ...(label !== undefined && { label }),
    ...(patientId !== undefined && { patientId }),
    ...(minimumPatients !== undefined && { minimumPatients }),
  });
  const checked = schemaFile && (await readCsvDataset(file, schemaFile.schema, csv)).rows;
  if (flags.write !== undefined) await writeSchema(flags.write, found);
  if (flags.json) return printJson({ ...found, ...(checked && { checked: { records: checked.used, rows: checked } }) });
  printInspection(found, flags.write);
  if (checked) printLine(`fits ${flags.schema}: ${rowsText(checked)}`);
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

async function writeSchema(path: string, { proposedSchema, file }: CsvInspection): Promise<void> {
  if (!proposedSchema)
    throw new FedwardError('CONFIG_INVALID', `--write: there is no schema to propose for ${file}`, '--write');
  if (!(await createFileAtomic(path, JSON.stringify(proposedSchema, null, 2) + '\n')))
    throw new FedwardError('CONFIG_INVALID', `--write: ${path} is there already`, '--write');
}

function printInspection(found: CsvInspection, written: string | undefined): void {
  const { file, rows, columns, patientId, patients, notes, leftOut, proposedSchema, notPublic } = found;
  const whose = patients === undefined ? '' : `, ${counted(patients, 'different id')} in "${patientId}"`;
  printLine(`${file}: ${counted(rows, 'row')}${whose}, ${counted(columns.length, 'column')}`);
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
function shown({ low, high, levels, levelsNotShown = 0, notNumbers, different }: InspectedColumn): string {
  const parts = [
    ...(levels && levels.length > 0 ? [levels.join(', ')] : []),
    ...(levelsNotShown > 0 ? [`${levelsNotShown} not shown: too few patients`] : []),
    ...(low !== undefined && high !== undefined ? [`about ${low} to ${high}`] : []),
    ...(notNumbers ? [`${notNumbers.cells} not numbers, the first on line ${notNumbers.firstLine}`] : []),
    ...(different !== undefined ? [`${different} different`] : []),
  ];
  return parts.join('; ');
}

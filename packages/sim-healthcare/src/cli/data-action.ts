import {
  dataSets,
  inspectCsv,
  listDataSets,
  readCsvDataset,
  type CsvInspection,
  type DataSetStatus,
  type TableSchemaInput,
} from '@fedward/data-medical';
import { rowsText } from '../report/rows-text.js';
import { readJsonFile } from '../run/read-json.js';
import { printJson, printLine, printLines } from './output.js';
import { printTable } from './table.js';

/** The catalogue; with a folder, what of it is there. */
export async function listAction({ data: dir, json }: { data?: string; json?: boolean }): Promise<void> {
  const sets = dir ? await listDataSets(dir) : dataSets.map(({ name, title }) => ({ name, title, present: false }));
  if (json) return printJson({ dataDir: dir ?? null, sets });
  printTable(
    ['Data set', 'What it is', 'Here'],
    sets.map((set) => [set.name, set.title ?? '(not in the catalogue)', whetherHere(set)]),
  );
  if (!dir) printLine('Give --data DIR, or set FEDWARD_DATA, to see which are here.');
}

/** What is in a CSV file; with a schema, whether it fits. */
export async function inspectAction(file: string, options: { schema?: string; json?: boolean }): Promise<void> {
  const found = await inspectCsv(file);
  const checked = options.schema === undefined ? undefined : await checkAgainst(file, options.schema);
  if (options.json) return printJson({ ...found, ...(checked && { checked }) });
  printInspection(found);
  if (checked) printLine(`fits ${options.schema}: ${rowsText(checked.rows)}`);
}

function whetherHere({ present, ready }: Pick<DataSetStatus, 'present' | 'ready'>): string {
  if (!present) return 'no';
  return ready === undefined ? 'yes' : ready ? 'yes, as published' : 'NOT AS PUBLISHED';
}

async function checkAgainst(file: string, schemaFile: string) {
  const { csv, ...schema } = (await readJsonFile(schemaFile)) as TableSchemaInput & { csv?: object };
  const { dataset, rows } = await readCsvDataset(file, schema, csv ?? {});
  return { records: dataset.count, rows };
}

function printInspection({ file, rows, columns, proposedSchema }: CsvInspection): void {
  printLine(`${file}: ${rows} rows, ${columns.length} columns`);
  printTable(
    ['Column', 'Kind', 'Missing', 'Range or levels'],
    columns.map(({ name, kind, missing, minimum, maximum, levels }) => [
      name,
      kind,
      String(missing),
      levels ? levels.join(', ') : minimum === undefined ? '' : `${minimum} to ${maximum}`,
    ]),
  );
  if (!proposedSchema) return;
  printLine('A schema to start from:');
  printLines(JSON.stringify(proposedSchema, null, 2));
}

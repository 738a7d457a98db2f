import type { Command } from 'commander';
import type { CsvInspection, DataSetStatus, TableSchemaInput } from '@fedward/data-medical';
import { printJson, printLine, printTable } from './output.js';

/** `fedward data list` and `fedward data inspect FILE`. */
export function addDataCommand(program: Command): void {
  const data = program.command('data').description('medical data sets');
  data
    .command('list')
    .description('the data sets that fedward knows, and which of them are here')
    .option('--data <dir>', 'a folder of data sets, one folder a set', process.env['FEDWARD_DATA'])
    .option('--json', 'one JSON document on stdout')
    .action(async ({ data: dir, json }: { data?: string; json?: boolean }) => {
      const { dataSets, listDataSets } = await import('@fedward/data-medical');
      const sets = dir ? await listDataSets(dir) : dataSets.map(({ name, title }) => ({ name, title, present: false }));
      if (json) return printJson({ dataDir: dir ?? null, sets });
      printTable(
        ['Data set', 'What it is', 'Here'],
        sets.map((set) => [set.name, set.title ?? '(not in the catalogue)', whetherHere(set)]),
      );
      if (!dir) printLine('Give --data DIR, or set FEDWARD_DATA, to see which are here.');
    });
  data
    .command('inspect')
    .argument('<file>', 'a CSV file')
    .description('columns, kinds, ranges and missing values of a CSV file; never its rows')
    .option('--schema <file>', 'a schema (JSON) to check the file against')
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, options: { schema?: string; json?: boolean }) => {
      const { inspectCsv } = await import('@fedward/data-medical');
      const found = await inspectCsv(file);
      const checked = options.schema === undefined ? undefined : await checkAgainst(file, options.schema);
      if (options.json) return printJson({ ...found, ...(checked && { checked }) });
      printInspection(found);
      if (checked)
        printLine(`fits ${options.schema}: ${checked.records} records, ${checked.droppedRows} rows left out`);
    });
}

function whetherHere({ present, ready }: Pick<DataSetStatus, 'present' | 'ready'>): string {
  if (!present) return 'no';
  return ready === undefined ? 'yes' : ready ? 'yes, as published' : 'NOT AS PUBLISHED';
}

async function checkAgainst(file: string, schemaFile: string) {
  const { readCsvDataset } = await import('@fedward/data-medical');
  const { readJsonFile } = await import('../run/read-json.js');
  const { csv, ...schema } = (await readJsonFile(schemaFile)) as TableSchemaInput & { csv?: object };
  const { dataset, droppedRows } = await readCsvDataset(file, schema, csv ?? {});
  return { records: dataset.count, droppedRows };
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
  printLine(JSON.stringify(proposedSchema, null, 2));
}

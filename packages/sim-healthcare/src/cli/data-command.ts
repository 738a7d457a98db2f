import type { Command } from 'commander';

/** `fedward data list` and `fedward data inspect FILE`. */
export function addDataCommand(program: Command): void {
  const data = program.command('data').description('medical data sets');
  data
    .command('list')
    .description('the data sets that fedward knows, and which of them are here')
    .option('--data <dir>', 'a folder of data sets, one folder a set', process.env['FEDWARD_DATA'])
    .option('--json', 'one JSON document on stdout')
    .action(async (options: { data?: string; json?: boolean }) => {
      const { listAction } = await import('./data-action.js');
      await listAction(options);
    });
  data
    .command('inspect')
    .argument('<file>', 'a CSV file')
    .description('columns, kinds, ranges and missing values of a CSV file; never its rows')
    .option('--schema <file>', 'a schema (JSON) to check the file against')
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, options: { schema?: string; json?: boolean }) => {
      const { inspectAction } = await import('./data-action.js');
      await inspectAction(file, options);
    });
}

import { defineCommand } from '../command/kind.js';
import { Option, type Command } from 'commander';
import type { DoubtsFlags } from './doubts-action.js';
import type { InspectFlags } from './inspect-action.js';
import { wholeNumber } from '../options/options.js';

/** `fedward data list`, `fedward data inspect FILE...` and `fedward data doubts FILE`. */
export const dataCommand = defineCommand('data', 'medical data sets', addDataCommand);

function addDataCommand(program: Command): void {
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
    .argument('<files...>', "a hospital's file, or several hospitals' files with the same columns")
    .description(
      'columns, kinds, ranges and missing values, what looks wrong, and a schema to start from; never a row of a patient',
    )
    .option('--schema <file>', 'a schema (JSON) to check the file against, and to read it by')
    .option('--delimiter <character>', 'between the cells (default: found by the first lines)')
    .option('--encoding <name>', 'such as windows-1252 (default: UTF-8, or what a byte order mark says)')
    .option('--header <names>', 'names of the columns, with commas between them (default: the first line)')
    .addOption(new Option('--decimal <mark>', 'decimal mark of numbers (default: found)').choices(['.', ',']))
    .option('--label <column>', 'the label to propose (default: the last column that can be one)')
    .option('--patient-id <column>', 'tells patients apart (default: a column that is called like one)')
    .option(
      '--minimum-patients <n>',
      'a value is shown where at least so many patients have it (default 5)',
      wholeNumber(1),
    )
    .option('--write <file>', 'write the proposed schema there, alone')
    .option('--json', 'one JSON document on stdout')
    .action(async (files: [string, ...string[]], flags: InspectFlags) => {
      const { inspectAction } = await import('./inspect-action.js');
      await inspectAction(files, flags);
    });
  data
    .command('doubts')
    .argument('<file>', "a hospital's own file, or folder")
    .description(
      'how many labels look wrong to a model that this hospital cross-validates on its own data; which ones they are stays here',
    )
    .requiredOption('--schema <file>', 'what the data mean (JSON), as `fedward data inspect --write` drafts it')
    .option('--folds <n>', 'each is predicted by a model of the others (default 5)', wholeNumber(2, 1000))
    .option('--seed <n>', 'of folds, weights and batches (default 42)', wholeNumber(0))
    .option('--out <file>', 'write line and patient id of the doubted records there, for its owner alone to read')
    .option('--json', 'one JSON document on stdout, without the list')
    .action(async (file: string, flags: DoubtsFlags) => {
      const { doubtsAction } = await import('./doubts-action.js');
      await doubtsAction(file, flags);
    });
}

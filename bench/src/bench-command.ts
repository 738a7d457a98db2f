import { defineCommand, wholeNumber, type AddCommand } from '@fedward/cli/command';
import type { BenchFlags } from './bench-flags.js';

const addBenchCommand: AddCommand = (program) => {
  program
    .command('bench')
    .argument('[name]', 'a benchmark, or all; without a name they are listed')
    .description('benchmarks, each beside its peer where that is installed')
    .option('--pairs <n>', 'the programs are run in turn so many times', wholeNumber(1, 1000), 5)
    .option('--quick', 'small sizes, to see that it runs; the figures mean nothing')
    .option('--out <dir>', 'folder of the results: JSON, Markdown and plots', 'bench/results')
    .option('--python <file>', 'the Python that peers run in (or FEDWARD_PYTHON)', pythonByDefault())
    .option('--tutorial-program <file>', 'the PyTorch program of tutorial 041 (or FEDWARD_TUTORIAL_PROGRAM)')
    .option('--data <dir>', 'folder of data sets (or FEDWARD_DATA)', process.env['FEDWARD_DATA'])
    .option('--dataset <name>', 'of flamby: heart-disease or tcga-brca; default both')
    .option('--choose', 'of flamby: settings chosen on training parts by a rule, instead of the published ones')
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .action(async (name: string | undefined, flags: BenchFlags) => {
      const { benchAction, listAction } = await import('./bench-action.js');
      if (name === undefined) listAction(flags);
      else await benchAction(name, flags);
    });
};

/** `fedward bench [NAME]`, which the command has where this package is installed. */
export const benchCommand = defineCommand(
  'bench',
  'benchmarks, each beside its peer where that is installed',
  addBenchCommand,
);

function pythonByDefault(): string {
  return process.env['FEDWARD_PYTHON'] || 'python3';
}

import { defineCommand } from '../command/kind.js';
import { limits } from '@fedward/sim-healthcare/limits';
import { wholeNumber } from '../options/options.js';
import type { WithdrawFlags } from './withdraw-action.js';

/** `fedward withdraw`. */
export const withdrawCommand = defineCommand(
  'withdraw',
  'which rounds and models a hospital or patients are in; a run without them',
  (program) => {
    program
      .command('withdraw')
      .argument('<run...>', "runs' folders")
      .description(
        'in which rounds, models, certificates and ledgers a hospital is, or patients are; nothing is changed',
      )
      .option('--hospital <id>', 'that is withdrawn')
      .option(
        '--patients <file>',
        'who are withdrawn: ids, one a line or in the column that the schema calls patientId',
      )
      .option('--rerun', 'carry the run out again without them, in --out; the run itself stays as it is')
      .option('--out <dir>', 'with --rerun: folder of the new run')
      .option('--propose', 'with --rerun: put it before those who approved the run, and end')
      .option('--passphrase-file <file>', 'with --rerun: of the keys that the run had (default: FEDWARD_PASSPHRASE)')
      .option('--workers <n>', 'with --rerun: threads', wholeNumber(1, limits.workers))
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', examples)
      .action(async (runs: readonly string[], flags: WithdrawFlags) => {
        const { withdrawAction } = await import('./withdraw-action.js');
        await withdrawAction(runs, flags);
      });
  },
);

const examples = `
Examples:
  fedward withdraw runs/ID --hospital zurich
  fedward withdraw runs/ID runs/OTHER --patients ids.txt
  fedward withdraw runs/ID --patients ids.txt --rerun --out runs/without
  fedward withdraw runs/ID --patients ids.txt --rerun --propose`;

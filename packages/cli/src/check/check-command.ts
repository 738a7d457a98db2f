import type { Command } from 'commander';
import { defineCommand } from '../command/kind.js';
import { addSimulateOptions } from '../simulate/simulate-command.js';
import type { CheckFlags } from './check-action.js';

/** `fedward check`. */
export const checkCommand = defineCommand(
  'check',
  'a study before it runs, rule by rule: HIPAA, GDPR, EHDS',
  (program, host) => {
    const command = addSimulateOptions(program.command('check'))
      .description(
        'look at a study before it runs, by the options of simulate: rule by rule, with evidence; nothing is trained',
      )
      .option(
        '--declarations <file>',
        'what only people can know of the study, YAML or JSON; what it leaves out never passes',
      )
      .option('--template', 'print a file of declarations to start from, and check nothing')
      .addHelpText('after', examples)
      .action(async (flags: CheckFlags) => {
        const { checkAction } = await import('./check-action.js');
        host.setExitCode(await checkAction(flags));
      });
    // Of a run it is a folder.
    const out = command.options.find(({ long }) => long === '--out');
    if (out) out.description = 'also write the report to this file, as JSON';
    return command satisfies Command;
  },
);

const examples = `
Exit code 1 where a rule fails. A rule that needs a person does not fail, and has not passed.

Examples:
  fedward check --template > declarations.yaml
  fedward check --scenario heart-disease --data DIR --declarations declarations.yaml
  fedward check --scenario study --data DIR --schema schema.json --out check.json`;

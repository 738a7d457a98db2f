import type { Command } from 'commander';
import { defineCommand } from '../command/kind.js';
import { addSimulateOptions } from '../simulate/simulate-command.js';
import type { Flags } from '../simulate/simulate-options.js';

/** `fedward reach`. */
export const reachCommand = defineCommand('reach', 'how far each hospital could move the model of a run', (program) => {
  addSimulateOptions(program.command('reach'))
    .description('how far each hospital could move the model, by the options of simulate; nothing is trained')
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const { reachAction } = await import('./reach-action.js');
      await reachAction(flags);
    }) satisfies Command;
});

const examples = `
Examples:
  fedward reach --scenario tutorial
  fedward reach --scenario heart-disease --data DIR --json`;

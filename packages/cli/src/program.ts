import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import type { Plugin } from '@fedward/core';
import { commands } from './command/catalogue.js';
import type { ExitCode } from './exit-code.js';
import { note, printLines } from './terminal/output.js';

/**
 * The command line. Commands are plugins; of all but the one that is asked for only name and summary are known. A
 * `*-command.ts` says what a command takes; what it does is in its `*-action.ts`, which is loaded when it runs.
 *
 * @param loaded the command that is asked for
 */
export function createProgram(setExitCode: (code: ExitCode) => void, loaded?: Plugin<'command'>): Command {
  const program = new Command('fedward')
    .description('Federated learning for hospitals: no patient record leaves its hospital.')
    .version(packageJson.version)
    .configureOutput({
      writeOut: (text) => printLines(text.trimEnd()),
      writeErr: (text) => text.trimEnd().split('\n').forEach(note),
      // What a caller wrote is in it; a suggestion is the only line feed of commander's own.
      outputError: (text) => note(text.trimEnd().replace(/\n(?=\(Did you mean [^\n]*\?\)$)/, ' ')),
    })
    .showHelpAfterError('(fedward <command> --help lists the options)')
    .exitOverride();
  for (const { name, summary } of commands) {
    if (name === loaded?.name) loaded.create({})(program, { setExitCode });
    else program.command(name).description(summary);
  }
  return program;
}

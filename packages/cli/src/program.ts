import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addAuditCommand } from './audit/audit-command.js';
import { addBenchCommand } from './bench/bench-command.js';
import { addDataCommand } from './data/data-command.js';
import type { ExitCode } from './exit-code.js';
import { note, printLines } from './terminal/output.js';
import { addPrivacyCommand } from './privacy/privacy-command.js';
import { addSimulateCommand } from './simulate/simulate-command.js';

/**
 * The command line. A `*-command.ts` says what a command takes and imports commander alone; what it does is in
 * its `*-action.ts`, which is loaded when it runs, so that `--help` and `--version` cost next to nothing.
 */
export function createProgram(setExitCode: (code: ExitCode) => void): Command {
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
  addSimulateCommand(program);
  addPrivacyCommand(program, setExitCode);
  addAuditCommand(program, setExitCode);
  addDataCommand(program);
  addBenchCommand(program);
  return program;
}

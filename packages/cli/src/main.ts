import { CommanderError, type Command } from 'commander';
import { loadCommand } from './command/load.js';
import { createProgram } from './program.js';
import { note, outliveReaders, outputLost, printJson } from './terminal/output.js';
import type { ExitCode } from './exit-code.js';

/** Runs one command line. Errors become one line on stderr, or one JSON document on stdout under `--json`. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  outliveReaders();
  const exitCode = await run(argv);
  const lost = await outputLost();
  if (!lost) return exitCode;
  note(`fedward: what was to be written on stdout is lost: ${lost.message}`);
  return exitCode === 0 ? 1 : exitCode;
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  try {
    const command = await loadCommand(argv.slice(2));
    const program = createProgram((code) => (exitCode = code), command);
    await program.parseAsync(asksForHelp(program, argv.slice(2)) ? [...argv, '--help'] : argv);
    return exitCode;
  } catch (error) {
    return report(error, argv.includes('--json'));
  }
}

/** `fedward`, or a group of commands (`fedward privacy`), alone: whoever writes that wants to know what there is. */
function asksForHelp({ commands }: Command, [group, ...rest]: readonly string[]): boolean {
  if (group === undefined) return true;
  return rest.length === 0 && commands.some((command) => command.name() === group && command.commands.length > 0);
}

async function report(error: unknown, json: boolean): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0; // --help and --version
    // Commander has said it on stderr, in its own way.
    if (json) printJson({ error: { code: 'USAGE', message: error.message.replace(/^error: /, '') } });
    return 2;
  }
  const { isFedwardError } = await import('@fedward/core');
  if (isFedwardError(error)) {
    const { code, message, subject } = error;
    if (json) printJson({ error: { code, message, ...(subject !== undefined && { subject }) } });
    note(`fedward: ${code}: ${message}`);
    if (code === 'ABORTED') return 130;
    return error.family === 'configuration' ? 2 : 1;
  }
  const { message, frames } = described(error);
  if (json) printJson({ error: { code: 'UNEXPECTED', message: [message, ...frames].join('\n') } });
  note(`fedward: unexpected error, please report it: ${message}`);
  for (const frame of frames) note(frame);
  return 1;
}

/** What was thrown, and where. Frames have lines of their own, the message has one. */
function described(error: unknown): { message: string; frames: string[] } {
  if (!(error instanceof Error)) return { message: String(error), frames: [] };
  const message = `${error.name}: ${error.message}`;
  const stack = error.stack ?? '';
  const below = stack.startsWith(message) ? stack.slice(message.length) : '';
  return { message, frames: below.split('\n').slice(1) };
}

import { CommanderError } from 'commander';
import { createProgram } from './program.js';
import { outliveReaders, printJson } from './output.js';

/** 0: done. 1: failed under way. 2: wrong use or configuration, nothing done. 130: stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Runs one command line. Errors become one line on stderr, or one JSON document on stdout under `--json`. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  outliveReaders();
  let exitCode: ExitCode = 0;
  try {
    await createProgram((code) => (exitCode = code)).parseAsync(argv);
    return exitCode;
  } catch (error) {
    return report(error, argv.includes('--json'));
  }
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
    process.stderr.write(`fedward: ${code}: ${message}\n`);
    if (code === 'ABORTED') return 130;
    return error.family === 'configuration' ? 2 : 1;
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) printJson({ error: { code: 'UNEXPECTED', message } });
  process.stderr.write(`fedward: unexpected error, please report it: ${message}\n`);
  return 1;
}

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FedwardError } from '@fedward/core';

/**
 * The tutorial's own PyTorch program: the file that is named, or that of FEDWARD_TUTORIAL_PROGRAM, or
 * `../bench/tutorial_041.py` beside FEDWARD_DATA; undefined where there is none.
 * @throws {FedwardError} FILE_NOT_FOUND for a file that was named and is not there
 */
export function findTutorialProgram(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = given ?? environment['FEDWARD_TUTORIAL_PROGRAM'];
  if (named) {
    if (existsSync(named)) return resolve(named);
    throw new FedwardError('FILE_NOT_FOUND', `--tutorial-program: there is no ${named}`, named);
  }
  const data = environment['FEDWARD_DATA'];
  const beside = data ? join(data, '..', 'bench', 'tutorial_041.py') : undefined;
  return beside && existsSync(beside) ? resolve(beside) : undefined;
}

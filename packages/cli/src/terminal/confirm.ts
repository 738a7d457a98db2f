import { createInterface } from 'node:readline';
import { FedwardError } from '@fedward/core';
import type { Terminal } from '../keys/passphrase.js';

/**
 * Asks somebody at a terminal, on stderr, so that stdout stays clean.
 * @param otherwise what the command takes instead, said where nobody can answer
 * @throws {FedwardError} CONFIG_INVALID where there is no terminal; ABORTED for any answer but yes
 */
export async function confirmed(question: string, otherwise: string, { stdin }: Terminal = process): Promise<void> {
  if (!stdin.isTTY) throw new FedwardError('CONFIG_INVALID', `nobody can answer here: give ${otherwise}`, 'yes');
  const reader = createInterface({ input: stdin, output: process.stderr, terminal: true, historySize: 0 });
  try {
    const answer = await new Promise<string>((resolve) => {
      reader.once('close', () => resolve(''));
      reader.question(`${question} [yes/no] `, resolve);
    });
    if (answer.trim().toLowerCase() !== 'yes') throw new FedwardError('ABORTED', 'not confirmed; nothing was done');
  } finally {
    reader.close();
  }
}

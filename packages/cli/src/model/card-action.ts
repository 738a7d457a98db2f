import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { printLines } from '../terminal/output.js';

/** How a card is written; `tripod`: the reporting sheet. */
export type CardFormat = 'md' | 'html' | 'json' | 'tripod';

const files: Readonly<Record<CardFormat, string>> = {
  md: 'model-card.md',
  html: 'model-card.html',
  json: 'model-card.json',
  tripod: 'tripod-ai.md',
};

/**
 * Prints a card as the run left it. Whether it is still as the run left it is what `fedward audit verify` says.
 * @param path a run's folder, or the model file in it
 * @throws {FedwardError} FILE_NOT_FOUND
 */
export async function cardAction(path: string, format: CardFormat): Promise<void> {
  if (!existsSync(path)) throw new FedwardError('FILE_NOT_FOUND', `there is no ${path}`, path);
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const file = join(folder, files[format]);
  if (!existsSync(file))
    throw new FedwardError(
      'FILE_NOT_FOUND',
      `there is no ${files[format]} in ${folder}: it is no folder of a finished run, or of an older version, which left none`,
      file,
    );
  printLines((await readFile(file, 'utf8')).replace(/\n$/, ''));
}

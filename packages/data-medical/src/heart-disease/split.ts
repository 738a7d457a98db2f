import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { csvOptionsSchema } from '../csv/options.js';
import { openPlainCsv } from '../csv/table.js';
import { readPublished } from '../files.js';
import { flambySplitFile } from './files.js';

/** For each hospital, whether the row on a line (from 1 on) of its file is for testing. */
export type PublishedSplit = readonly ReadonlyMap<number, boolean>[];

/** True where the file of FLamby's split is in the folder. */
export async function hasFlambySplit(folder: string): Promise<boolean> {
  return access(join(folder, flambySplitFile.name)).then(
    () => true,
    () => false,
  );
}

/**
 * FLamby's split, as published.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID or DIGEST_MISMATCH
 */
export async function readFlambySplit(folder: string, hospitals: number): Promise<PublishedSplit> {
  const bytes = await readPublished(folder, flambySplitFile);
  const split = Array.from({ length: hospitals }, () => new Map<number, boolean>());
  const { rows } = await openPlainCsv(once(bytes), flambySplitFile.name, csvOptionsSchema.parse({}));
  for await (const batch of rows)
    for (const { fields } of batch) {
      const [centre, row, set] = fields;
      split[Number(centre)]!.set(Number(row) + 1, set === 'test');
    }
  return split;
}

/**
 * Whether each record is for testing, by what a split says of its line.
 * @param othersTrain lines that it does not name are for training
 * @throws {FedwardError} DATA_MALFORMED for a line that the split does not name
 */
export function testingOf(
  split: ReadonlyMap<number, boolean>,
  lines: readonly number[],
  othersTrain = false,
): boolean[] {
  return lines.map((line) => {
    const isTest = line === 0 ? false : (split.get(line) ?? (othersTrain ? false : undefined)); // 0: in no line
    if (isTest === undefined)
      throw new FedwardError('DATA_MALFORMED', `${flambySplitFile.name} does not name line ${line}`, String(line));
    return isTest;
  });
}

/** Bytes that are in memory, as pieces. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

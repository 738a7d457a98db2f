import { join } from 'node:path';
import { hasCode, parseWith } from '@fedward/core';
import { readJson, writeFileAtomic } from '@fedward/kit-files';
import * as z from 'zod';

const schema = z.object({ version: z.literal(1), starts: z.int().min(0) });

/**
 * Counts a start of the daemon.
 * @param folder its state
 * @returns how often it was started before
 * @throws {FedwardError} CONFIG_INVALID, FILE_INVALID for a file that is none; STORAGE_FAILED
 */
export async function countStart(folder: string): Promise<number> {
  const path = join(folder, 'starts.json');
  let before = 0;
  try {
    before = parseWith(schema, (await readJson(path)).json, path).starts;
  } catch (error) {
    if (!hasCode(error, 'FILE_NOT_FOUND')) throw error;
  }
  await writeFileAtomic(path, JSON.stringify({ version: 1, starts: before + 1 }));
  return before;
}

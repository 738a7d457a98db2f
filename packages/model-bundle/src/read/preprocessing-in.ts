import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseWith } from '@fedward/core';
import { preprocessingSchema, type Preprocessing } from '@fedward/data-medical';
import { readJson } from '@fedward/kit-files';
import * as z from 'zod';

const preprocessingFile = z.object({
  all: preprocessingSchema.nullable(),
  hospitals: z.record(z.string(), preprocessingSchema),
});

/**
 * `preprocessing.json` of a run's folder: what is done to a record, with numbers that may stay in the folder and not go where
 * the model goes.
 *
 * @returns undefined where there is none
 * @throws {FedwardError} CONFIG_INVALID for one that is none
 */
export async function preprocessingIn(
  folder: string,
): Promise<
  { readonly all: Preprocessing | null; readonly hospitals: Readonly<Record<string, Preprocessing>> } | undefined
> {
  const path = join(folder, 'preprocessing.json');
  if (!existsSync(path)) return undefined;
  const { json } = await readJson(path);
  return parseWith(preprocessingFile, json, path);
}

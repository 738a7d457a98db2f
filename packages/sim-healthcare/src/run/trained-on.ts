import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FedwardError, hasCode } from '@fedward/core';
import type { SplitRule } from '@fedward/data-medical';
import * as z from 'zod';
import { digestTable } from '../scenario/data-digest.js';
import { splitKeyOf } from '../scenario/split-key.js';
import { readPlan, type ClaimedRun } from './run-folder.js';

/** A file that a run's hospitals were read from. */
export interface TrainedOn {
  /** Whose it is; undefined where one table was parted among hospitals. */
  readonly hospital?: string;
  /** By what its records were parted into training and test part; undefined where only the scenario knows. */
  readonly rule?: SplitRule;
  /** Whether the very bytes are the same, or only the rows, in another order or under another name. */
  readonly same: 'file' | 'rows';
}

/** How a study parted its records, as the run's inputs say. */
const splitSchema = z.union([
  z.object({ by: z.literal('patient'), testFraction: z.number(), partition: z.unknown().optional() }),
  z.object({ by: z.literal('column'), partition: z.unknown().optional() }),
]);

/**
 * Whether the model of a run was trained on a file: by the digests of plan.json.
 *
 * @param folder of the run
 * @param path a file; of other formats than CSV and TSV, and of more than 32 MiB, only the very same bytes are found
 * @returns undefined where it was not, or the run does not say what it was trained on
 * @throws {FedwardError} what is wrong with the run's plan
 */
export async function trainedOn(folder: string, path: string): Promise<TrainedOn | undefined> {
  const { planned } = (await planOf(folder)) ?? {};
  const population = planned?.inputs.population;
  if (!planned || !population) return undefined;
  const { data, file } = await digestsOf(path);
  const { hospitals, split } = population;
  const found =
    hospitals.find((hospital) => hospital.file !== undefined && hospital.file === file) ??
    hospitals.find((hospital) => data !== undefined && hospital.data === data);
  if (!found) return undefined;
  const how = splitSchema.safeParse(split).data;
  const parted = how?.partition !== undefined;
  const { splitSecret, plan } = planned;
  return {
    same: found.file !== undefined && found.file === file ? 'file' : 'rows',
    ...(!parted && { hospital: found.id }),
    ...(how && {
      rule: {
        // Of a split by a column the data say it, and nobody asks.
        testFraction: how.by === 'patient' ? how.testFraction : 0.5,
        key: splitKeyOf({ seed: plan.seed, splitSecret }, parted ? '' : found.id),
      },
    }),
  };
}

/** A folder of data has no digest of its own; of a large file the order of its rows is not looked past, which takes seconds. */
async function digestsOf(path: string): Promise<{ readonly data?: string; readonly file?: string }> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return {};
  if (found.size <= mostBytes) return digestTable(path);
  const digest = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) digest.update(piece as Uint8Array);
  return { file: `sha256:${digest.digest('hex')}` };
}

const mostBytes = 32 * 2 ** 20;

/** An older plan, or none, says nothing of data. */
async function planOf(folder: string): Promise<ClaimedRun | undefined> {
  try {
    return await readPlan(folder);
  } catch (error) {
    if (hasCode(error, 'CONFIG_INCOMPATIBLE') || hasCode(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where a part of a file is asked for that nothing tells */
export function ruleOf(found: TrainedOn | undefined, path: string): SplitRule {
  if (found?.rule) return found.rule;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    found
      ? `--part: the scenario of this run parts its records in a way of its own, which its folder does not tell`
      : `--part: ${path} is none of the files that this run was trained on, so that it has no training and test part`,
    '--part',
  );
}

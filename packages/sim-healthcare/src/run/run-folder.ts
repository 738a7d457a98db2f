import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  encodeSafetensors,
  FedwardError,
  parsePlan,
  parseWith,
  planHash,
  type Parameters,
  type TrainingPlan,
} from '@fedward/core';
import { writeFileAtomic } from './checkpoint-file.js';
import { readJsonFile } from './read-json.js';

/** What a simulation does beside its plan: together they can be run again. */
export const simulationSchema = z.strictObject({
  scenario: z.string(),
  dataDir: z.string().optional(),
  hospitals: z.int().optional(),
  dropRate: z.number().min(0).max(1).default(0),
  secureNoise: z.boolean().default(false),
  local: z.boolean().default(true),
});
export type Simulation = z.output<typeof simulationSchema>;

const planFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  runId: z.string().min(1),
  planHash: z.string(),
  simulation: simulationSchema,
  plan: z.unknown(),
});

export interface PlannedRun {
  readonly runId: string;
  readonly plan: TrainingPlan;
  readonly simulation: Simulation;
}

/** The paths of a run's folder. */
export function runPaths(directory: string) {
  return {
    plan: join(directory, 'plan.json'),
    result: join(directory, 'result.json'),
    audit: join(directory, 'audit'),
    checkpoints: join(directory, 'checkpoints'),
    model: join(directory, 'model.safetensors'),
    report: join(directory, 'report.html'),
  };
}

/** @throws {FedwardError} CONFIG_INVALID where the folder already holds something */
export async function assertFresh(directory: string): Promise<void> {
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw new FedwardError('CONFIG_INVALID', `--out: ${directory} is not a folder`, '--out');
  const names = existsSync(directory) ? await readdir(directory) : [];
  if (names.length === 0) return;
  const holdsRun = existsSync(runPaths(directory).plan);
  throw new FedwardError(
    'CONFIG_INVALID',
    holdsRun
      ? `--out: ${directory} already holds a run; add --resume to go on with it, or name another folder`
      : `--out: ${directory} is not empty; name a folder of its own for the run`,
    '--out',
  );
}

export async function writePlan(directory: string, { runId, plan, simulation }: PlannedRun): Promise<void> {
  const file = { schemaVersion: 1, runId, planHash: planHash(plan), simulation, plan };
  await writeFileAtomic(runPaths(directory).plan, JSON.stringify(file, null, 2) + '\n');
}

/** @throws {FedwardError} FILE_NOT_FOUND, CONFIG_INVALID, or DIGEST_MISMATCH for a plan that was changed */
export async function readPlan(directory: string): Promise<PlannedRun> {
  const path = runPaths(directory).plan;
  const file = parseWith(planFileSchema, await readJsonFile(path, `${directory} holds no run to resume`), path);
  const plan = parsePlan(file.plan, path);
  if (planHash(plan) !== file.planHash)
    throw new FedwardError(
      'DIGEST_MISMATCH',
      `${path}: the plan's digest is ${planHash(plan)}, the file says ${file.planHash}`,
      path,
    );
  return { runId: file.runId, plan, simulation: file.simulation };
}

/** The final weights, with the plan that they come from. */
export async function writeModel(directory: string, model: Parameters, plan: TrainingPlan): Promise<void> {
  const tensors = model.layout.tensors.map(({ name, shape, offset, size }) => ({
    name,
    shape,
    values: model.values.subarray(offset, offset + size),
  }));
  const metadata = { planHash: planHash(plan), model: JSON.stringify(plan.model) };
  await writeFileAtomic(runPaths(directory).model, encodeSafetensors(tensors, metadata));
}

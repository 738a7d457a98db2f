import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { digestJson, FedwardError, parsePlan, parseWith, planHash, sha256, type TrainingPlan } from '@fedward/core';
import { createFileAtomic, isDraft, readJson, removeDrafts } from '@fedward/kit-files';
import { runInputsSchema, type RunInputs } from './run-inputs.js';
import { simulationSchema, type Simulation } from './simulation-schema.js';

const planFileSchema = z.strictObject({
  schemaVersion: z.literal(2),
  runId: z.string().min(1),
  planHash: z.string(),
  simulation: simulationSchema,
  inputs: runInputsSchema,
  plan: z.unknown(),
  /** Of all the members above. */
  digest: z.string(),
});

/** What a run is carried out from, and again: its plan.json, and beside it a secret where it has one. */
export interface PlannedRun {
  readonly runId: string;
  readonly plan: TrainingPlan;
  readonly simulation: Simulation;
  readonly inputs: RunInputs;
  /** Where the run's randomness is secret: from it comes who is tested on. */
  readonly splitSecret?: Uint8Array;
}

const crossedSchema = z.object({
  ...{ runId: z.string().min(1), simulation: simulationSchema, inputs: runInputsSchema, plan: z.unknown() },
});

/** A run as another process tells it. @throws {FedwardError} CONFIG_INVALID naming the member */
export function parsePlannedRun(value: unknown, what: string): PlannedRun {
  const { plan, ...run } = parseWith(crossedSchema, value, what);
  return { ...run, plan: parsePlan(plan, what) };
}

/** A run as its plan.json has it. */
export interface ClaimedRun {
  readonly planned: PlannedRun;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly planFile: string;
}

/** The paths of a run's folder. */
export type RunPaths = ReturnType<typeof runPaths>;

export function runPaths(directory: string) {
  return {
    plan: join(directory, 'plan.json'),
    splitSecret: join(directory, 'split.secret'),
    result: join(directory, 'result.json'),
    audit: join(directory, 'audit'),
    /** What the server keeps of the hospitals' logs. */
    witness: join(directory, 'witness'),
    certificates: join(directory, 'certificates'),
    /** Private keys of the simulated parties. */
    keys: join(directory, 'keys'),
    /** The public ones. */
    keyList: join(directory, 'keys.txt'),
    checkpoints: join(directory, 'checkpoints'),
    model: join(directory, 'model.safetensors'),
    report: join(directory, 'report.html'),
    preprocessing: join(directory, 'preprocessing.json'),
    validation: join(directory, 'validation.json'),
    /** The approvals by which hospitals took part. */
    approvals: join(directory, 'approvals'),
    /** What the checks before the run came to; with counts of cells, for whoever holds the data. */
    check: join(directory, 'check.json'),
    /** What is a hospital's own, in a folder each: its log, states of strategies, a personal model. */
    hospitals: join(directory, 'hospitals'),
  };
}

/**
 * Drafts count for nothing: they are of a run that was killed before it had a plan.
 * @throws {FedwardError} CONFIG_INVALID where the folder already holds something
 */
export async function assertFresh(directory: string): Promise<void> {
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw new FedwardError('CONFIG_INVALID', `--out: ${directory} is not a folder`, '--out');
  const names = existsSync(directory) ? (await readdir(directory)).filter((name) => !isDraft(name)) : [];
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

/**
 * Makes a folder this run's own by writing its plan.json, which exactly one of several runs at once can create.
 * @returns SHA-256 of the file's bytes, hexadecimal
 * @throws {FedwardError} CONFIG_INVALID where another run has it, STORAGE_FAILED
 */
export async function claimFolder(
  directory: string,
  { runId, plan, simulation, inputs, splitSecret }: PlannedRun,
): Promise<string> {
  const file = { schemaVersion: 2, runId, planHash: planHash(plan), simulation, inputs, plan };
  const text = JSON.stringify({ ...file, digest: digestJson(file) }, null, 2) + '\n';
  const paths = runPaths(directory);
  if (await createFileAtomic(paths.plan, text)) {
    if (splitSecret) await createFileAtomic(paths.splitSecret, Buffer.from(splitSecret).toString('hex'));
    await removeDrafts(directory);
    return sha256(text);
  }
  throw new FedwardError(
    'CONFIG_INVALID',
    `--out: another run has begun in ${directory}: name another folder`,
    '--out',
  );
}

/**
 * @throws {FedwardError} FILE_NOT_FOUND, CONFIG_INVALID, or DIGEST_MISMATCH for a file of which any member was changed:
 *   the plan, the run's id, or what the simulation does beside the plan
 */
export async function readPlan(directory: string): Promise<ClaimedRun> {
  const path = runPaths(directory).plan;
  if (!existsSync(path) && existsSync(directory) && (await readdir(directory)).every(isDraft))
    throw new FedwardError(
      'FILE_NOT_FOUND',
      `${directory} holds no run to resume: none had begun there. Start it again without --resume`,
      path,
    );
  const { bytes, json } = await readJson(path, { why: `${directory} holds no run to resume` });
  if ((json as { schemaVersion?: unknown } | null)?.schemaVersion === 1)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `--resume: ${path} is of an older version, which did not note what data a run began with: start a new run`,
      path,
    );
  const { digest, ...file } = parseWith(planFileSchema, json, path);
  // Of what the file says, before defaults are filled in.
  assertDigest(path, 'file', digestJson({ ...(json as object), digest: undefined }), digest);
  const plan = parsePlan(file.plan, path);
  assertDigest(path, 'plan', planHash(plan), file.planHash);
  const splitSecret = await readSplitSecret(directory);
  const { runId, simulation, inputs } = file;
  return {
    planned: { ...{ runId, plan, simulation, inputs }, ...(splitSecret && { splitSecret }) },
    planFile: sha256(bytes),
  };
}

async function readSplitSecret(directory: string): Promise<Uint8Array | undefined> {
  const path = runPaths(directory).splitSecret;
  if (!existsSync(path)) return undefined;
  const text = await readFile(path, 'utf8');
  if (!/^[0-9a-f]{64}$/.test(text)) throw new FedwardError('FILE_INVALID', `${path} was changed`, path);
  return Buffer.from(text, 'hex');
}

function assertDigest(path: string, of: string, found: string, said: string): void {
  if (found !== said)
    throw new FedwardError(
      'DIGEST_MISMATCH',
      `${path} was changed: the digest of the ${of} is ${found}, the file says ${said}`,
      path,
    );
}

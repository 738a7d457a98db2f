import {
  digestTensors,
  FedwardError,
  hasCode,
  isTrainingPlan,
  parseAnyPlan,
  parseWith,
  type JsonObject,
  type Parameters,
  type Plan,
} from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import {
  assertStillFrozen,
  firstWeights,
  readInitial,
  readModelAlone,
  withModelFile,
  type ModelFile,
} from '@fedward/sim-healthcare';
import { parse } from 'yaml';
import * as z from 'zod';

/** A file of JSON or YAML, which holds JSON. @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID */
export async function readDocument(path: string, option: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path, { option }));
  try {
    return parse(text) as unknown;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new FedwardError('FILE_INVALID', `${option}: ${path} is neither JSON nor YAML: ${why}`, path, { cause });
  }
}

/** A plan as it is to be proposed. */
export interface ReadPlan {
  readonly plan: Plan;
  /** File of the weights that it starts from, where it says one. */
  readonly weights?: WeightsFile;
}

/** A file of weights that someone names. */
export interface WeightsFile {
  readonly path: string;
  /** Who names it, for messages: `--initial`. */
  readonly by: string;
  /** `sha256:` and that of the file, where it has to be the same one still. */
  readonly digest?: string;
}

const simulatedSchema = z.object({
  plan: z.unknown(),
  simulation: z.object({ initial: z.string().optional() }),
  inputs: z.object({ initial: z.string().optional() }).optional(),
});

/**
 * A plan, or that of a simulation's plan.json, with the weights that the simulation started from.
 * @param model an ONNX file, or a folder of `fedward model import`: its network is the plan's, which then has none
 * @throws {FedwardError} as `readDocument`, `parseAnyPlan`, `readModelAlone`, `withModelFile` and `assertStillFrozen`
 */
export async function readPlan(path: string, model?: string): Promise<ReadPlan> {
  const document = await readDocument(path, '--plan');
  const simulated = (Object(document) as { readonly simulation?: unknown }).simulation !== undefined;
  if (model !== undefined && simulated)
    throw new FedwardError('CONFIG_INVALID', `--model: the simulation of ${path} has a model of its own`, '--model');
  if (model !== undefined) return withModel(document, path, await readModelAlone(model));
  if (!simulated) return { plan: parseAnyPlan(document, path) };
  const { plan, simulation, inputs } = parseWith(simulatedSchema, document, path);
  const weights =
    simulation.initial === undefined
      ? undefined
      : {
          path: simulation.initial,
          by: `the simulation of ${path}`,
          ...(inputs?.initial !== undefined && { digest: inputs.initial }),
        };
  return { plan: parseAnyPlan(plan, path), ...(weights && { weights }) };
}

function withModel(document: unknown, path: string, own: ModelFile): ReadPlan {
  const plan = parseAnyPlan(withModelFile(document, own), path);
  if (isTrainingPlan(plan)) assertStillFrozen(plan, own);
  return { plan, weights: { path: own.initial, by: '--model' } };
}

/** The weights that a study starts from, whole, and their digest as hospitals approve it. */
export interface Start {
  readonly parameters: Parameters;
  readonly digest: string;
  /** Where they come from, in words. */
  readonly words: string;
}

/**
 * A plan's first weights out of a safetensors or ONNX file: its tensors by name, and what it has none for as the plan's seed draws it.
 * @throws {FedwardError} as `readInitial` and `firstWeights`; CONFIG_INCOMPATIBLE for a plan that trains nothing; DIGEST_MISMATCH
 *   for a file that is not the one that the plan was made with
 */
export async function readStart(plan: Plan, { path, by, digest }: WeightsFile): Promise<Start> {
  if (!isTrainingPlan(plan))
    throw new FedwardError('CONFIG_INCOMPATIBLE', `${by} names weights, and the plan asks a query`, by);
  const file = await readInitial(path).catch((error: unknown) => {
    if (digest === undefined || !hasCode(error, 'FILE_NOT_FOUND')) throw error;
    throw new FedwardError('FILE_NOT_FOUND', `${by} started from ${path}, which is not there: say where it is by --initial`, path, { cause: error }); // prettier-ignore
  });
  if (digest !== undefined && file.digest !== digest)
    throw new FedwardError('DIGEST_MISMATCH', `${by} started from ${path} when it was ${digest}; it is ${file.digest} now: name the weights that are meant by --initial`, path); // prettier-ignore
  const { parameters, notices } = firstWeights(plan, file);
  return { parameters, digest: `sha256:${digestTensors(parameters)}`, words: notices.join(' ') };
}

/** @throws {FedwardError} FILE_INVALID for what is no object */
export async function readDeclarations(path: string): Promise<JsonObject> {
  const document = await readDocument(path, '--declarations');
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as JsonObject;
  throw new FedwardError('FILE_INVALID', `--declarations: ${path} holds no object`, path);
}

/** An id for a study of this name: what of it can stand in a file's name, with the digest's first digits. */
export function idFor(name: string, planHash: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${words || 'study'}-${planHash.slice(7, 13)}`.toLowerCase();
}

import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { digestTensors, FedwardError, type Layout, type Parameters } from '@fedward/core';
import { makeFolder, readBytes, readJson, storageFailure, syncFolder, writeFileAtomic } from '@fedward/kit-files';
import type { Study } from '@fedward/transport-nats';
import { readWeights } from './start-weights.js';

/** The files of one study. */
export interface StudyPaths {
  readonly folder: string;
  readonly study: string;
  /** Weights that it starts from, where it has such. */
  readonly initial: string;
  readonly audit: string;
  readonly witness: string;
  readonly certificates: string;
  /** Verifier keys of the coordinator and of hospitals, one a line, as they were when rounds began. */
  readonly keys: string;
  readonly checkpoints: string;
  readonly result: string;
  readonly report: string;
  readonly model: string;
}

/** @param root folder of all studies */
export function studyPaths(root: string, id: string): StudyPaths {
  const folder = join(root, id);
  return {
    folder,
    study: join(folder, 'study.json'),
    initial: join(folder, 'initial.safetensors'),
    audit: join(folder, 'audit'),
    witness: join(folder, 'witness'),
    certificates: join(folder, 'certificates'),
    keys: join(folder, 'keys.txt'),
    checkpoints: join(folder, 'checkpoints'),
    result: join(folder, 'result.json'),
    report: join(folder, 'report.txt'),
    model: join(folder, 'model.safetensors'),
  };
}

/**
 * Writes what was proposed.
 * @param weights file of those that it starts from, flushed and on the same file system: it is moved into the folder
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function writeProposed(paths: StudyPaths, study: Study, weights?: string): Promise<void> {
  await makeFolder(paths.folder);
  await makeFolder(paths.checkpoints);
  if (weights !== undefined) await moved(weights, paths);
  await writeFileAtomic(paths.study, `${JSON.stringify(study, null, 2)}\n`);
}

/** study.json as it lies there. @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID */
export async function readProposed(paths: StudyPaths): Promise<unknown> {
  return (await readJson(paths.study)).json;
}

async function moved(weights: string, { initial, folder }: StudyPaths): Promise<void> {
  try {
    await rename(weights, initial);
    await syncFolder(folder);
  } catch (error) {
    throw storageFailure('write', initial, error);
  }
}

/**
 * The weights that a study starts from, as its hospitals have approved them; undefined where the plan draws them.
 * @param layout of its model
 * @param path of their file. Default: the one in its folder
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; DIGEST_MISMATCH for others
 */
export async function readStart(
  paths: StudyPaths,
  { id, initial }: Study,
  layout: Layout,
  path = paths.initial,
): Promise<Parameters | undefined> {
  if (initial === null) return undefined;
  const weights = await readWeights(path, layout);
  const digest = `sha256:${digestTensors(weights)}`;
  if (digest === initial) return weights;
  const message = `${path} holds the weights ${digest}, and study ${id} starts from ${initial}: bring these back`;
  throw new FedwardError('DIGEST_MISMATCH', message, path);
}

/** Adds verifier keys to those of the study that are there: one that a hospital had before stays. @throws {FedwardError} STORAGE_FAILED */
export async function keepKeys(paths: StudyPaths, keys: readonly string[]): Promise<void> {
  const before = existsSync(paths.keys)
    ? new TextDecoder()
        .decode(await readBytes(paths.keys))
        .trim()
        .split('\n')
    : [];
  const all = [...new Set([...before, ...keys])];
  if (all.length > before.length) await writeFileAtomic(paths.keys, `${all.join('\n')}\n`);
}

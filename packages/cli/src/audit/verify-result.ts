import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openEntryProof, parseEntryProof } from '@fedward/audit';
import { digestTensors, wordsOf } from '@fedward/core';
import { digestFile, readBytes, readJson } from '@fedward/kit-files';
import { readVerifierKeys } from '@fedward/kit-keys';
import { decodeBundle } from '@fedward/model-bundle';
import type { RunFault } from '@fedward/sim-healthcare';
import * as z from 'zod';
import { printJson, printLine } from '../terminal/output.js';
import { differs, sealSchema } from './study-seal.js';
import { isCoordinators } from './verify-study.js';
import { ownKeys } from './verify-words.js';

/** What `fedward study result --out` leaves beside the files: the seal of the study's log, with the proof that it is in there. */
export const sealFile = 'seal.proof';
/** Files that it leaves. */
const results = ['study.json', 'result.json', 'report.txt', 'model.safetensors', 'keys.txt'];

const resultSchema = z.looseObject({ model: z.looseObject({ sha256: z.string() }) });

/** Whether a folder holds the result of a study, and not its log. */
export function isResultFolder(folder: string): boolean {
  return existsSync(join(folder, sealFile)) && !existsSync(join(folder, 'audit'));
}

/** The result of a study, as it was given away. */
export interface ResultVerification {
  readonly ok: boolean;
  readonly study: string | null;
  readonly faults: readonly RunFault[];
  /** Files that are, byte by byte, what was sealed. */
  readonly files: readonly string[];
  /** Of the model the weights alone are what was sealed: a schema was added where the result was taken. */
  readonly weightsAlone: boolean;
  readonly keys: 'given' | 'own';
}

/**
 * Holds the result of a study against the seal that lies beside it.
 * @param given verifier keys; without them the folder's own
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID for keys that can't be read
 */
export async function verifyResult(folder: string, given: readonly string[] | undefined): Promise<ResultVerification> {
  const keys = given ?? (await readVerifierKeys(join(folder, 'keys.txt'))).map(({ verifierKey }) => verifierKey);
  const faults: RunFault[] = [];
  const found = { study: null, files: [], weightsAlone: false, keys: given ? 'given' : 'own' } as const;
  let study: string;
  let sealed: Readonly<Record<string, string>>;
  try {
    const text = new TextDecoder().decode(await readBytes(join(folder, sealFile)));
    const { event } = openEntryProof(parseEntryProof(text), keys.filter(isCoordinators));
    if (event.type !== 'run-sealed') throw new Error('it is no seal');
    study = event.runId;
    sealed = sealSchema.parse(event.details).sha256;
  } catch (error) {
    return { ...found, ok: false, faults: [{ file: sealFile, message: `it does not hold: ${wordsOf(error)}` }] };
  }
  const files: string[] = [];
  let weightsAlone = false;
  for (const file of results) {
    const is = await digestFile(join(folder, file));
    if (is !== undefined && is === sealed[file]) files.push(file);
    else if (file === 'model.safetensors' && (await hasWeights(folder))) weightsAlone = true;
    else faults.push({ file, message: differs(is, sealed[file]) });
  }
  return { ...found, ok: faults.length === 0, study, faults, files, weightsAlone };
}

/** Whether the model's weights are those of result.json, which has its own digest in the seal. */
async function hasWeights(folder: string): Promise<boolean> {
  try {
    const { model } = resultSchema.parse((await readJson(join(folder, 'result.json'))).json);
    const bytes = await readBytes(join(folder, 'model.safetensors'), { mostBytes: 2 ** 32 });
    return digestTensors(decodeBundle(bytes, 'model.safetensors').weights) === model.sha256;
  } catch {
    return false;
  }
}

/** Prints it. @returns the exit code */
export function printResult(folder: string, found: ResultVerification, json = false): 0 | 1 {
  const { ok, study, faults, files, weightsAlone, keys } = found;
  if (json) printJson({ folder, kind: 'result', ...found });
  else {
    printLine(`${ok ? 'verified' : 'TAMPERED'}: ${folder}`);
    if (study !== null) printLine(`the result of study ${study}, by the seal of its log`);
    for (const { file, message } of faults) printLine(`${file}: ${message}`);
    if (files.length > 0) printLine(`as they were sealed: ${files.join(', ')}`);
    if (weightsAlone)
      printLine(
        'model.safetensors: its weights are those of the study; nothing vouches for what --schema added to them.',
      );
    if (keys === 'own') printLine(ownKeys);
  }
  return ok ? 0 : 1;
}

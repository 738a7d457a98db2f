import type { AuditLog } from '@fedward/audit';
import { sha256, type AuditReceipt, type FederationResult, type JsonObject } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { encodeBundle } from '@fedward/model-bundle';
import type { SimulationResult } from './result.js';
import type { CheckedRun } from './checked-run.js';
import { preprocessingFile } from './preprocessing-file.js';
import { bundleOf } from './bundle.js';
import { runPaths } from './run-folder.js';

/**
 * The files of a run's folder that its log's last entry vouches for, in the order in which they are shown. Of the
 * last two the first is there where the run's data say what is done to a record before the model sees it, the second where a
 * run was validated in folds.
 */
export const sealedFiles = [
  'plan.json',
  'result.json',
  'model.safetensors',
  'report.html',
  'preprocessing.json',
  'validation.json',
] as const;

export type SealedFile = (typeof sealedFiles)[number];

/** Those that only some runs have. */
export const optionalFiles: readonly SealedFile[] = ['preprocessing.json', 'validation.json'];

/**
 * Leaves a run's model, report and result, and binds them, with its plan, into the log: the last entry holds their
 * digests. They are of what was to be written, not of what is read back.
 *
 * @param planFile SHA-256 of plan.json as the run began with it, hexadecimal
 * @returns the receipt of the last entry, whose root vouches for all of the run
 * @throws {FedwardError} STORAGE_FAILED, AUDIT_FAILED
 */
export async function writeSealed(
  run: Pick<CheckedRun, 'runId' | 'plan' | 'population'>,
  { model }: FederationResult,
  result: SimulationResult,
  audit: AuditLog,
  planFile: string,
): Promise<AuditReceipt> {
  const { runId, population } = run;
  const paths = runPaths(result.folder);
  const { renderReport } = await import('../report/report.js');
  const preprocessing = preprocessingFile(population);
  const validation = validationFile(result);
  const contents = {
    'model.safetensors': encodeBundle(bundleOf(run, model, result)),
    'report.html': renderReport(result),
    // Last, since its presence says that the others are there.
    'result.json': JSON.stringify(result, null, 2) + '\n',
  };
  if (preprocessing !== undefined) await writeFileAtomic(paths.preprocessing, preprocessing);
  if (validation !== undefined) await writeFileAtomic(paths.validation, validation);
  await writeFileAtomic(paths.model, contents['model.safetensors']);
  await writeFileAtomic(paths.report, contents['report.html']);
  await writeFileAtomic(paths.result, contents['result.json']);
  const digests: Partial<Record<SealedFile, string>> = {
    'plan.json': planFile,
    'result.json': sha256(contents['result.json']),
    'model.safetensors': sha256(contents['model.safetensors']),
    'report.html': sha256(contents['report.html']),
    ...(preprocessing !== undefined && { 'preprocessing.json': sha256(preprocessing) }),
    ...(validation !== undefined && { 'validation.json': sha256(validation) }),
  };
  const details: JsonObject = { sha256: digests };
  return audit.append({ type: 'run-sealed', time: new Date().toISOString(), runId, details });
}

/** The content of `validation.json`: how the run was validated, for whoever wants that alone. */
function validationFile({ runId, planHash, validation }: SimulationResult): string | undefined {
  return validation && JSON.stringify({ schemaVersion: 1, runId, planHash, validation }, null, 2) + '\n';
}

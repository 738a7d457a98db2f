import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { readCertificateFiles } from '@fedward/audit';
import { sha256, type AuditReceipt, type FederationResult, type JsonObject } from '@fedward/core';
import { lengthOf, writeFileAtomic } from '@fedward/kit-files';
import { encodeBundle } from '@fedward/model-bundle';
import { cardFiles } from '../cards/files.js';
import type { SimulationResult } from './result.js';
import type { CheckedRun } from './checked-run.js';
import { preprocessingFile } from './preprocessing-file.js';
import type { Judgement } from './judgement.js';
import { bundleOf } from './bundle.js';
import { readApprovalFiles } from './run-approvals.js';
import { runPaths } from './run-folder.js';
import { hospitalPaths, type RunLogs } from './run-logs.js';

/**
 * The files of a run's folder that its log's last entry vouches for, in the order in which they are shown.
 */
export const sealedFiles = [
  'plan.json',
  'result.json',
  'model.safetensors',
  'report.html',
  'preprocessing.json',
  ...cardFiles,
  'validation.json',
  'check.json',
  'keys.txt',
] as const;

export type SealedFile = (typeof sealedFiles)[number];

/**
 * Those that not every run has: preprocessing where its data say what is done to a record before the model sees it, a
 * validation and checks where they were asked for, cards and keys since there are any. One that is there must be in the seal, and one in the seal must be there.
 */
export const optionalFiles: ReadonlySet<SealedFile> = new Set<SealedFile>([
  'preprocessing.json',
  'validation.json',
  'check.json',
  'keys.txt',
  ...cardFiles,
]);

/** SHA-256 of what a run began with, hexadecimal: plan.json, and check.json where it was checked. */
export interface FilesBefore {
  readonly planFile: string;
  readonly check?: string | undefined;
}

/**
 * Leaves a run's model, report and result, and binds them, with its plan, into the log: the last entry holds their
 * digests, those of the rounds' certificates and of approvals, and where the hospitals' logs stand. They are of what was to be written, not
 * of what is read back, but for certificates and approvals, which verify by themselves.
 *
 * @returns the receipt of the last entry, whose root vouches for all of the run
 * @throws {FedwardError} STORAGE_FAILED, AUDIT_FAILED
 */
export async function writeSealed(
  run: Pick<CheckedRun, 'runId' | 'plan' | 'population'>,
  { model }: FederationResult,
  { summary: result, judgement }: { readonly summary: SimulationResult; readonly judgement: Judgement },
  { audit, own }: Pick<RunLogs, 'audit' | 'own'>,
  { planFile, check }: FilesBefore,
): Promise<AuditReceipt> {
  const { runId, population } = run;
  const paths = runPaths(result.folder);
  const { renderReport } = await import('../report/report.js');
  const { renderCards } = await import('../cards/render.js');
  const preprocessing = preprocessingFile(population);
  const bundle = bundleOf(run, model, result, judgement.baseline);
  const cards = renderCards({ result, plan: run.plan, manifest: bundle.manifest });
  const validation = validationFile(result);
  const contents = {
    'model.safetensors': encodeBundle(bundle),
    'report.html': await renderReport(result),
    // Last, since its presence says that the others are there.
    'result.json': JSON.stringify(result, null, 2) + '\n',
  };
  if (preprocessing !== undefined) await writeFileAtomic(paths.preprocessing, preprocessing);
  if (validation !== undefined) await writeFileAtomic(paths.validation, validation);
  await writeFileAtomic(paths.model, contents['model.safetensors']);
  await writeFileAtomic(paths.report, contents['report.html']);
  for (const file of cardFiles) await writeFileAtomic(join(result.folder, file), cards[file]);
  await writeFileAtomic(paths.result, contents['result.json']);
  const digests: Partial<Record<SealedFile, string>> = {
    'plan.json': planFile,
    'result.json': sha256(contents['result.json']),
    'model.safetensors': sha256(contents['model.safetensors']),
    'report.html': sha256(contents['report.html']),
    ...Object.fromEntries(cardFiles.map((file) => [file, sha256(cards[file])])),
    ...(preprocessing !== undefined && { 'preprocessing.json': sha256(preprocessing) }),
    ...(validation !== undefined && { 'validation.json': sha256(validation) }),
    ...(check !== undefined && { 'check.json': check }),
  };
  const keys = await readFile(paths.keyList);
  const certificates = await readCertificateFiles(paths.certificates);
  const approvals = await readApprovalFiles(paths.approvals);
  const logs: Record<string, JsonObject> = {};
  for (const [id, { audit: log }] of own) {
    const witness = await digestOf(hospitalPaths(paths, id).witness);
    logs[id] = { entries: log.size, root: log.root, witness };
  }
  const details: JsonObject = {
    sha256: { ...digests, 'keys.txt': sha256(keys) },
    certificates: Object.fromEntries([...certificates].map(([file, bytes]) => [file, sha256(bytes)])),
    ...(approvals.size > 0 && {
      approvals: Object.fromEntries([...approvals].map(([file, bytes]) => [file, sha256(bytes)])),
    }),
    witness: await digestOf(paths.witness),
    logs,
  };
  return audit.append({ type: 'run-sealed', time: new Date().toISOString(), runId, details });
}

/** SHA-256 of a file; null where there is none. */
async function digestOf(path: string): Promise<string | null> {
  return (await lengthOf(path)) === undefined ? null : sha256(await readFile(path));
}

/** The content of `validation.json`: how the run was validated, for whoever wants that alone. */
function validationFile({ runId, planHash, validation }: SimulationResult): string | undefined {
  return validation && JSON.stringify({ schemaVersion: 1, runId, planHash, validation }, null, 2) + '\n';
}

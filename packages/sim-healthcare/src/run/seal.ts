import type { AuditLog } from '@fedward/audit';
import { sha256, type AuditReceipt, type FederationResult, type JsonObject } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import type { SimulationResult } from './result.js';
import { encodeModel, runPaths, type PlannedRun } from './run-folder.js';

/** The files of a run's folder that its log's last entry vouches for, in the order in which they are shown. */
export const sealedFiles = ['plan.json', 'result.json', 'model.safetensors', 'report.html'] as const;
export type SealedFile = (typeof sealedFiles)[number];

/**
 * Leaves a run's model, report and result, and binds them, with its plan, into the log: the last entry holds their
 * digests. They are of what was to be written, not of what is read back.
 *
 * @param planFile SHA-256 of plan.json as the run began with it, hexadecimal
 * @returns the receipt of the last entry, whose root vouches for all of the run
 * @throws {FedwardError} STORAGE_FAILED, AUDIT_FAILED
 */
export async function writeSealed(
  { runId, plan }: Pick<PlannedRun, 'runId' | 'plan'>,
  { model }: FederationResult,
  result: SimulationResult,
  audit: AuditLog,
  planFile: string,
): Promise<AuditReceipt> {
  const paths = runPaths(result.folder);
  const { renderReport } = await import('../report/report.js');
  const contents = {
    'model.safetensors': encodeModel(model, plan),
    'report.html': renderReport(result),
    // Last, since its presence says that the others are there.
    'result.json': JSON.stringify(result, null, 2) + '\n',
  };
  await writeFileAtomic(paths.model, contents['model.safetensors']);
  await writeFileAtomic(paths.report, contents['report.html']);
  await writeFileAtomic(paths.result, contents['result.json']);
  const digests: Record<SealedFile, string> = {
    'plan.json': planFile,
    'result.json': sha256(contents['result.json']),
    'model.safetensors': sha256(contents['model.safetensors']),
    'report.html': sha256(contents['report.html']),
  };
  const details: JsonObject = { sha256: digests };
  return audit.append({ type: 'run-sealed', time: new Date().toISOString(), runId, details });
}

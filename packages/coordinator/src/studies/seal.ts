import { basename } from 'node:path';
import { formatEntryProof, proveEntry, readAuditLog, readCertificateFiles } from '@fedward/audit';
import { FedwardError, sha256, type AuditReceipt, type AuditSink } from '@fedward/core';
import { digestFile } from '@fedward/kit-files';
import type { StudyPaths } from './study-folder.js';

/**
 * Binds a study that is done into its log: the last entry has the SHA-256 of each file of its folder, of each certificate and
 * of what was noted of the hospitals' logs, as the seal of a simulation has. A coordinator that is killed behind it seals once
 * more, and the last seal counts.
 * @throws {FedwardError} AUDIT_FAILED, FILE_INVALID, STORAGE_FAILED: the study is then tried again
 */
export async function sealStudy(paths: StudyPaths, runId: string, audit: AuditSink): Promise<AuditReceipt> {
  const digests: Record<string, string> = {};
  for (const path of [paths.study, paths.initial, paths.result, paths.report, paths.model, paths.keys]) {
    const digest = await digestFile(path);
    if (digest !== undefined) digests[basename(path)] = digest;
  }
  const certificates = await readCertificateFiles(paths.certificates);
  const details = {
    sha256: digests,
    certificates: Object.fromEntries([...certificates].map(([file, bytes]) => [file, sha256(bytes)])),
    witness: (await digestFile(paths.witness)) ?? null,
  };
  return audit.append({ type: 'run-sealed', time: new Date().toISOString(), runId, details });
}

/**
 * The seal with the proof that it is in the study's log: whoever has it and the coordinator's verifier key can check the files
 * without the log.
 * @throws {FedwardError} FILE_INVALID where the log does not end with a seal: it is of a version that did not seal
 */
export async function sealProof({ audit, folder }: StudyPaths): Promise<string> {
  let count = 0;
  let type = '';
  for await (const { event } of readAuditLog(audit)) [count, type] = [count + 1, event.type];
  if (type !== 'run-sealed')
    throw new FedwardError('FILE_INVALID', `the log of ${folder} does not end with a seal: its files can be taken from there by hand`, audit); // prettier-ignore
  return formatEntryProof(await proveEntry(audit, count - 1));
}

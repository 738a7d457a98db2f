import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { approvalFolder, readApproval, type ApprovalStore } from '@fedward/compliance';
import { isFedwardError, sha256 } from '@fedward/core';
import { isDraft } from '@fedward/kit-files';
import type { RunFault } from './run-fault.js';

/**
 * Copies approvals into a run's folder, signatures included: the place that they were found in belongs to a host, and changes.
 * @param digests of the texts of those that counted
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function keepApprovals(
  directory: string,
  store: ApprovalStore,
  digests: ReadonlySet<string>,
): Promise<void> {
  for (const { note } of await store.approvals())
    if (digests.has(digestOf(note) ?? '')) await approvalFolder(directory).addApproval(note);
}

/** Undefined for a note that is no approval. */
function digestOf(note: string): string | undefined {
  try {
    return readApproval(note).digest;
  } catch (error) {
    if (isFedwardError(error)) return undefined;
    throw error;
  }
}

/** What lies there, by file name; empty where there is no folder. */
export async function readApprovalFiles(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = existsSync(directory) ? await readdir(directory) : [];
  const kept = names.filter((name) => !isDraft(name)).sort();
  return new Map(await Promise.all(kept.map(async (name) => [name, await readFile(join(directory, name))] as const)));
}

/** The approvals of a run's folder, by their path in it. */
export interface ApprovalsFound {
  /** Those that the seal vouches for. */
  readonly held: readonly string[];
  readonly faults: readonly RunFault[];
}

/**
 * The approvals of a run's folder, held against its seal.
 * @param sealed SHA-256 by file name; undefined for a run that is not sealed, of which nothing is claimed
 */
export function verifyApprovalFiles(
  files: ReadonlyMap<string, Buffer>,
  sealed: Readonly<Record<string, string>> | undefined,
): ApprovalsFound {
  const held: string[] = [];
  const faults: RunFault[] = [];
  const names = sealed ? [...new Set([...files.keys(), ...Object.keys(sealed)])].sort() : [];
  for (const name of names) {
    const [bytes, logged] = [files.get(name), Object.hasOwn(sealed!, name) ? sealed![name] : undefined];
    const [file, found] = [`approvals/${name}`, bytes && sha256(bytes)];
    if (found === logged) held.push(file);
    else if (found === undefined) faults.push({ file, message: 'the file is missing' });
    else if (logged === undefined) faults.push({ file, message: 'the seal says nothing of it' });
    else faults.push({ file, message: `it was changed: its SHA-256 is ${found}, the log says ${logged}` });
  }
  return { held, faults };
}

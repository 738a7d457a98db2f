import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, parseWith, type CertificateStore, type RoundCertificate } from '@fedward/core';
import { hasErrno, readJson, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { certificateSchema } from './schema.js';

/** Of `certificateStore`. */
export interface CertificateStoreOptions {
  /** Whether a certificate must be on the disk when `write` resolves. Default: true. */
  readonly fsync?: boolean;
}

/** Certificates in a folder, one file a round: `round-0000.json`. */
export function certificateStore(directory: string, { fsync = true }: CertificateStoreOptions = {}): CertificateStore {
  return {
    write: (certificate) =>
      writeFileAtomic(join(directory, fileOfRound(certificate.round)), `${JSON.stringify(certificate, null, 2)}\n`, {
        lasting: fsync,
      }),
  };
}

/** The name of a round's certificate: sorted as text up to 10,000 rounds. */
export function fileOfRound(round: number): string {
  return `round-${String(round).padStart(4, '0')}.json`;
}

/**
 * The files of a folder of certificates by name, in the order of their rounds; none where there is no folder.
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function readCertificateFiles(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw storageFailure('read', directory, error);
  });
  const files = new Map<string, Buffer>();
  for (const name of names.filter((file) => file.endsWith('.json')).sort(byRound)) {
    const path = join(directory, name);
    const bytes = await readFile(path).catch((error: unknown) => {
      if (hasErrno(error, 'EISDIR', 'ENOENT')) return undefined; // a folder is no certificate, nor a link to nothing
      throw storageFailure('read', path, error);
    });
    if (bytes) files.set(name, bytes);
  }
  return files;
}

/** @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what is no certificate */
export async function readCertificate(path: string): Promise<RoundCertificate> {
  const { json } = await readJson(path, { why: 'there is no certificate' });
  try {
    return parseWith(certificateSchema, json, path);
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${path} is no certificate of a round`, path, { cause });
  }
}

/** `round-10000` comes behind `round-9999`. */
function byRound(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readAuditLog, readCertificateFiles } from '@fedward/audit';
import { sha256, wordsOf } from '@fedward/core';
import { digestFile } from '@fedward/kit-files';
import type { RunFault } from '@fedward/sim-healthcare';
import * as z from 'zod';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** Of a seal: SHA-256 of what a study left, hexadecimal. */
export const sealSchema = z.looseObject({
  sha256: z.record(name, digest),
  certificates: z.record(name, digest),
  witness: digest.nullable(),
});

/** What a seal has to name, whatever else it names. */
const always = ['study.json', 'result.json', 'report.txt', 'model.safetensors', 'keys.txt'];
/** Those of them that a study has from its beginning on. */
const fromTheStart = new Set(['study.json', 'keys.txt']);
/** Named where it is there: weights that the study started from. */
const sometimes = ['initial.safetensors'];

/** A study's files, held against the last entry of its log. */
export interface SealVerification {
  /** SHA-256 of each file that the seal vouches for; none before the study is done. */
  readonly sealed: Readonly<Record<string, string>>;
  readonly faults: readonly RunFault[];
}

/**
 * Holds the files of a study's folder against the seal in its log. A folder with a result and without a seal does not hold: its
 * log was cut, or is of a version that did not seal.
 * @param folder of a study whose log verifies
 */
export async function verifySeal(folder: string): Promise<SealVerification> {
  const faults: RunFault[] = [];
  const fault = (file: string, message: string): void => void faults.push({ file, message });
  let last: { readonly type: string; readonly details: unknown } | undefined;
  let seals = 0;
  try {
    for await (const { event } of readAuditLog(join(folder, 'audit'))) {
      last = event;
      if (event.type === 'run-sealed') seals++;
    }
  } catch (error) {
    return { sealed: {}, faults: [{ file: 'audit', message: wordsOf(error) }] };
  }
  if (seals === 0) {
    const claims = always.filter((file) => !fromTheStart.has(file) && existsSync(join(folder, file)));
    for (const file of claims) fault(file, 'the log has no seal that vouches for it: the log was cut, or its version did not seal'); // prettier-ignore
    return { sealed: {}, faults };
  }
  if (last?.type !== 'run-sealed') {
    fault('audit', 'there are entries behind the seal');
    return { sealed: {}, faults };
  }
  const seal = sealSchema.safeParse(last.details);
  if (!seal.success) {
    fault('audit', 'its seal is none of a study');
    return { sealed: {}, faults };
  }
  const { sha256: sealed, certificates, witness } = seal.data;
  for (const file of always) if (sealed[file] === undefined) fault(file, 'the seal says nothing of it');
  for (const file of new Set([...Object.keys(sealed), ...sometimes, 'witness'])) {
    const said = file === 'witness' ? (witness ?? undefined) : sealed[file];
    const is = await digestFile(join(folder, file));
    if (is !== said) fault(file, differs(is, said));
  }
  const there = new Map([...(await readCertificateFiles(join(folder, 'certificates')))].map(([file, bytes]) => [file, sha256(bytes)])); // prettier-ignore
  for (const file of new Set([...Object.keys(certificates), ...there.keys()]))
    if (there.get(file) !== certificates[file])
      fault(`certificates/${file}`, differs(there.get(file), certificates[file]));
  return { sealed, faults };
}

/** What is to be said of a file that is not as it was sealed. */
export function differs(is: string | undefined, sealed: string | undefined): string {
  if (is === undefined) return 'it is gone: the seal names it';
  return sealed === undefined
    ? 'the seal says nothing of it'
    : `it was changed: its SHA-256 is ${is}, the seal says ${sealed}`;
}

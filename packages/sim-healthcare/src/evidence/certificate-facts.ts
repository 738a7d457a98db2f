import { verifyCertificate } from '@fedward/audit';
import { isFedwardError } from '@fedward/core';
import type { CertificateFacts, CopiedFile } from '@fedward/compliance';
import { parseVerifierKeys } from '@fedward/kit-keys';
import { misnamedIn } from '../run/verify-certificates.js';

/** The certificates among the files of a pack, held against its public keys; none of them holds without any. */
export function certificateFacts(copies: readonly CopiedFile[]): CertificateFacts[] {
  const keys = keysIn(copies.find(({ file }) => file === 'keys.txt'));
  return copies
    .filter(({ file }) => file.startsWith('certificates/'))
    .map(({ file, content }) => {
      const shown = verifyCertificate(parsed(content), keys);
      const ok = shown.ok && misnamedIn(shown).length === 0;
      const { certified } = shown;
      return { file, ok, model: ok ? (certified?.model.after ?? null) : null };
    });
}

function keysIn(file: CopiedFile | undefined): string[] {
  if (!file) return [];
  try {
    return parseVerifierKeys(textOf(file.content)).map(({ verifierKey }) => verifierKey);
  } catch (error) {
    if (isFedwardError(error)) return [];
    throw error;
  }
}

/** Undefined for what is no JSON, which is no certificate. */
function parsed(content: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(content));
  } catch {
    return undefined;
  }
}

function textOf(content: Uint8Array): string {
  return Buffer.from(content).toString('utf8');
}

import { canonicalJson, FedwardError, sha256, type JsonObject } from '@fedward/core';

/**
 * One line of canonical JSON (RFC 8785) with a `hash`: the SHA-256 of the same line without it. A file that was changed,
 * by a single byte, then says so itself, the last of a ledger too.
 */
export function sealed(body: object): { readonly text: string; readonly hash: string } {
  const hash = sha256(canonicalJson(body));
  return { text: `${canonicalJson({ ...body, hash })}\n`, hash };
}

/** @throws {FedwardError} LEDGER_DAMAGED unless it is as it was sealed */
export function unsealed(text: string, path: string): { readonly body: JsonObject; readonly hash: string } {
  let value: JsonObject | null;
  try {
    value = JSON.parse(text) as JsonObject | null;
  } catch {
    throw damaged(path, 'it is not JSON');
  }
  const { hash, ...body } = value ?? {};
  const whole = sealed(body);
  if (text !== whole.text || hash !== whole.hash) throw damaged(path, 'it was changed');
  return { body, hash };
}

/** The first file of a ledger that is not as it was written. Nothing is charged then. */
export function damaged(path: string, why: string): FedwardError {
  return new FedwardError('LEDGER_DAMAGED', `the ledger is damaged at ${path}: ${why}; nothing is charged`, path);
}

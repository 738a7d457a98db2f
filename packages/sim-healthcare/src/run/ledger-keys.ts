import { FedwardError, isFedwardError } from '@fedward/core';
import { readRotations, type Passphrase } from '@fedward/kit-keys';
import type { LedgerOptions } from '@fedward/privacy-dp/ledger';
import { signerIn } from './key-files.js';
import { keyNameOf } from './run-keys.js';
import type { RunParts } from './run-parts.js';

/** By which a hospital's ledger is signed, by the hospital's id. */
export type LedgerKeys = ReadonlyMap<string, Required<Pick<LedgerOptions, 'signer' | 'rotations'>>>;

/**
 * The keys of hospitals that have one of their own. Keys that a run makes for its logs sign no ledger: it outlives the run, and
 * whoever opens it later would need them.
 * @throws {FedwardError} as `signerIn`; SIGNATURE_INVALID for statements of rotation that are none
 */
export async function ledgerKeysOf(
  { simulation: { ledger, keys }, population }: Pick<RunParts, 'simulation' | 'population'>,
  passphrase: Passphrase | undefined,
): Promise<LedgerKeys> {
  const found = new Map<string, { signer: LedgerOptions['signer']; rotations: readonly string[] }>();
  if (ledger === undefined || keys === undefined || !population.tabulated) return found;
  for (const id of population.ids) {
    const name = keyNameOf(id);
    const signer = await signerIn(keys, name, passphrase);
    if (signer) found.set(id, { signer, rotations: await readRotations(keys, name) });
  }
  return found;
}

/** An error about the key of a hospital's ledger, with what to do; all else as it is. */
export function aboutKey(error: unknown, id: string, { keys }: Pick<RunParts['simulation'], 'keys'>): unknown {
  if (!isFedwardError(error) || error.subject !== 'signer') return error;
  const where = keys === undefined ? 'name the folder that has it: --keys DIR' : `it has to be in ${keys}`;
  const message = `--ledger: ${error.message}. The private key of ${id} is called ${keyNameOf(id)}: ${where}`;
  return new FedwardError(error.code, message, '--keys', { cause: error });
}

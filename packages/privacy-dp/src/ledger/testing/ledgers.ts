import type { Charge, DpEvent } from '@fedward/core';
import { signerFromPkcs8, type Signer } from '@fedward/kit-keys';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger, type LedgerOptions } from '../open.js';

/** A new directory, gone after `use`. */
export async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'fedward-ledger-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export const release: DpEvent = { type: 'gaussian', noiseMultiplier: 10 };

export const dataSet = 'north/cardiology';

/** Priced exactly: n releases are one with noise multiplier 10 / sqrt(n). */
export const options = {
  dataSet,
  unit: 'record',
  adjacency: 'replace-one',
  delta: 1e-5,
  budget: 1,
  accountant: 'gaussian',
} as const satisfies LedgerOptions;

export function chargeOf(round: number, changes: Partial<Charge> = {}): Charge {
  return {
    ...{ planHash: 'sha256:00', runId: 'run-1', round, event: release },
    ...({ unit: 'record', adjacency: 'replace-one', simulationOnly: false } as const),
    ...changes,
  };
}

/** A key that is the same in each process of a test. */
export function signerOfTest(digit = '1', name = 'north/cardiology'): Signer {
  return signerFromPkcs8(name, Buffer.from(`302e020100300506032b657004220420${digit.repeat(64)}`, 'hex'));
}

const ofEntry = (directory: string, n: number, ending: string): string =>
  join(directory, 'releases', `0000000${n}.${ending}`);

/** The file of entry n. */
export const entryFile = (directory: string, n: number): string => ofEntry(directory, n, 'json');

/** The signature over all up to entry n. */
export const checkpointFile = (directory: string, n: number): string => ofEntry(directory, n, 'checkpoint');

/** Three charges, entries 2 to 4, to a ledger; the entry before them says who signs. */
export async function writeSigned(directory: string, changes: Partial<LedgerOptions> = {}): Promise<void> {
  const ledger = await openLedger(directory, { ...options, signer: signerOfTest(), ...changes });
  for (let round = 0; round < 3; round++) await ledger.charge(chargeOf(round));
}

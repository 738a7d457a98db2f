import { FedwardError } from '@fedward/core';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { entriesAfter } from './entries.js';
import { pathsIn, type LedgerPaths } from './files.js';
import { readTerms, type KnownTerms, type LedgerTerms } from './terms.js';

/**
 * Refuses a second ledger for the same data: each would let the same patients spend a budget of its own. Looks at the
 * ledgers that are kept side by side, one a folder, before one of them is made or opened. A simulation's spend nothing,
 * so that they are compared among themselves alone.
 *
 * @param root the folder that holds them; it need not be there
 * @param directory of the one ledger that these data may have
 * @throws {FedwardError} CONFIG_INCOMPATIBLE (`dataDigest`) naming the ledger that has these data; LEDGER_DAMAGED where
 *   that can't be told, STORAGE_FAILED
 */
export async function assertNoOtherLedger(
  root: string,
  directory: string,
  { dataDigest, simulationOnly = false }: Partial<Pick<LedgerTerms, 'dataDigest' | 'simulationOnly'>>,
): Promise<void> {
  if (dataDigest === undefined) return;
  const own = resolve(directory);
  for (const other of await foldersIn(root)) {
    if (resolve(other) === own) continue;
    const paths = pathsIn(other);
    const known = await readTerms(paths);
    if (known?.terms.simulationOnly !== simulationOnly) continue;
    const { terms } = known;
    if ((await digestOf(paths, known)) === dataDigest)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `the very same data have a ledger already, in ${other}, under the name ${terms.dataSet}: with a second one the ` +
          'same patients would have two budgets. Use the name that they have there; or, if two hospitals were given one ' +
          'file, give each its own',
        'dataDigest',
      );
  }
}

/** Of a ledger that was made without one: that which it was opened with first. */
async function digestOf(paths: LedgerPaths, { terms, hash }: KnownTerms): Promise<string | undefined> {
  if (terms.dataDigest !== undefined) return terms.dataDigest;
  for await (const { amendment } of entriesAfter(paths, { count: 0, hash }))
    if (amendment && 'dataDigest' in amendment) return amendment.dataDigest;
  return undefined;
}

async function foldersIn(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new FedwardError('STORAGE_FAILED', `the ledgers in ${root} can't be listed: ${String(cause)}`, root, {
      cause,
    });
  }
}

import { FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';
import { accountants as ownAccountants } from '../registry.js';
import { makeDirectory, pathsIn } from './files.js';
import { FileLedger, type DiskLedger } from './ledger.js';
import { pricingOf, type Accountants } from './pricing.js';
import { assertTerms, readTerms, termsShape, writeTerms, type LedgerTerms } from './terms.js';

export interface LedgerOptions extends Pick<LedgerTerms, 'dataSet' | 'dataDigest' | 'unit' | 'adjacency' | 'delta'> {
  /** For a new ledger; of one that is there, it must be the budget. */
  readonly budget?: number | undefined;
  /** For a new ledger, `pld` unless said otherwise; of one that is there, it must be the accountant. */
  readonly accountant?: string | undefined;
  /** Default: false. */
  readonly simulationOnly?: boolean | undefined;
  /** Default: those of this package. */
  readonly accountants?: Accountants | undefined;
  /** ISO 8601, UTC. Default: the clock. */
  readonly now?: (() => string) | undefined;
}

const optionsSchema = z.strictObject({
  ...termsShape,
  budget: termsShape.budget.optional(),
  accountant: termsShape.accountant.optional(),
  simulationOnly: termsShape.simulationOnly.default(false),
});

/** Whether a directory is that of a ledger. @throws {FedwardError} LEDGER_DAMAGED, STORAGE_FAILED */
export async function hasLedger(directory: string): Promise<boolean> {
  return (await readTerms(pathsIn(directory))) !== undefined;
}

/**
 * Opens the ledger of a data set, or makes it where there is none and a budget is given. The ledger outlives runs:
 * its budget is for all studies ever run on the data. Any number of processes may have it open at once.
 *
 * `charge` refuses with BUDGET_EXCEEDED, or else the charge is on the disk when it resolves. Its price is computed
 * from all events that were ever charged. If the process dies in between, the charge may be there without a release,
 * never a release without the charge. Where it rejects with STORAGE_FAILED, nothing may be released, and the charge
 * may be there.
 *
 * @param directory of this ledger alone
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the term in which the ledger is another; CONFIG_INVALID for
 *   options that can't be, and without a budget where there is no ledger; PLUGIN_UNKNOWN for an accountant that is not
 *   installed; LEDGER_DAMAGED naming the file; STORAGE_FAILED
 */
export async function openLedger(directory: string, options: LedgerOptions): Promise<DiskLedger> {
  const { accountants = ownAccountants, now = () => new Date().toISOString(), ...terms } = options;
  const asked = parseWith(optionsSchema, terms, 'openLedger.options');
  const paths = pathsIn(directory);
  if (!(await readTerms(paths))) {
    const { budget, accountant = 'pld' } = asked;
    if (budget === undefined)
      throw new FedwardError(
        'CONFIG_INVALID',
        `there is no ledger in ${paths.directory}, and no budget was given to make one`,
        'budget',
      );
    const made = { ...asked, budget, accountant };
    pricingOf(made, accountants);
    await makeDirectory(paths.releases);
    await writeTerms(paths, made, now());
  }
  const known = (await readTerms(paths))!;
  assertTerms(paths.directory, known.terms, asked);
  const ledger = new FileLedger(paths, known, pricingOf(known.terms, accountants), now);
  await ledger.catchUp();
  return ledger;
}

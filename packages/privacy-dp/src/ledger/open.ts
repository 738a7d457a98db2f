import { FedwardError, parseWith, type DpEvent } from '@fedward/core';
import * as z from 'zod';
import { makeDirectory, pathsIn } from './files.js';
import { FileLedger, type DiskLedger } from './ledger.js';
import { assertFitsLedger, renyiFilterName } from './accountant-names.js';
import { pricingOf, type Accountants } from './pricing.js';
import { assertTerms, readTerms, termsShape, writeTerms, type LedgerTerms } from './terms.js';

/** Of `openLedger`. */
export interface LedgerOptions extends Pick<LedgerTerms, 'dataSet' | 'dataDigest' | 'unit' | 'adjacency' | 'delta'> {
  /** For a new ledger; of one that is there, it must be the budget. */
  readonly budget?: number | undefined;
  /** For a new ledger `rdp-filter` unless said otherwise, or `gaussian`; of one that is there, it must be the accountant. */
  readonly accountant?: string | undefined;
  /** Default: false. */
  readonly simulationOnly?: boolean | undefined;
  /**
   * Further ones, by name. Whoever gives one vouches for it that it bounds releases of which a later one was chosen by the
   * result of an earlier one. `pld` and `rdp` do not, and are never used for a ledger.
   */
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
 * from all events that were ever charged, such that the budget holds whatever later studies were chosen for: see
 * `renyiFilter`. If the process dies in between, the charge may be there without a release,
 * never a release without the charge. Where it rejects with STORAGE_FAILED, nothing may be released, and the charge
 * may be there.
 *
 * @param directory of this ledger alone
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the term in which the ledger is another; CONFIG_INVALID for
 *   options that can't be, for `pld` and `rdp` as its accountant, and without a budget where there is no ledger; PLUGIN_UNKNOWN for an accountant that is not
 *   installed; LEDGER_DAMAGED naming the file; STORAGE_FAILED
 */
export async function openLedger(directory: string, options: LedgerOptions): Promise<DiskLedger> {
  const { accountants, now = () => new Date().toISOString(), ...terms } = options;
  const asked = parseWith(optionsSchema, terms, 'openLedger.options');
  const paths = pathsIn(directory);
  if (!(await readTerms(paths))) {
    const made = termsOfNew(paths.directory, asked);
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

/**
 * What a ledger would say before and after a charge, of a whole run for example; nothing is written. Where there is none,
 * of the one that these options make.
 *
 * @throws {FedwardError} as `openLedger`
 */
export async function previewLedger(
  directory: string,
  options: LedgerOptions,
  event: DpEvent,
): Promise<{ readonly before: number; readonly after: number; readonly terms: LedgerTerms }> {
  if (await hasLedger(directory)) {
    const ledger = await openLedger(directory, options);
    return { before: ledger.epsilon, after: ledger.preview(event), terms: ledger.terms };
  }
  const { accountants, now: _, ...asked } = options;
  const terms = termsOfNew(directory, parseWith(optionsSchema, asked, 'previewLedger.options'));
  return { before: 0, after: pricingOf(terms, accountants).price(event), terms };
}

function termsOfNew(directory: string, asked: z.output<typeof optionsSchema>): LedgerTerms {
  const { budget, accountant = renyiFilterName } = asked;
  assertFitsLedger(accountant);
  if (budget === undefined)
    throw new FedwardError(
      'CONFIG_INVALID',
      `there is no ledger in ${directory}, and no budget was given to make one`,
      'budget',
    );
  return { ...asked, budget, accountant };
}

import { FedwardError, parseWith, type DpEvent } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';
import * as z from 'zod';
import { makeDirectory, pathsIn, type LedgerPaths } from './files.js';
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
  /**
   * Signs each entry, from the first opening with one on: what is in the ledger can then be shown to whoever has the verifier
   * key, and is not continued without signatures. Of a ledger that is signed it must be its key, or one that `rotations`
   * lead to.
   */
  readonly signer?: Signer | undefined;
  /** Statements of rotation, of whatever keys. */
  readonly rotations?: readonly string[] | undefined;
  /** ISO 8601, UTC. Default: the clock. */
  readonly now?: (() => string) | undefined;
}

const optionsSchema = z.strictObject({
  ...termsShape,
  budget: termsShape.budget.optional(),
  accountant: termsShape.accountant.optional(),
  simulationOnly: termsShape.simulationOnly.default(false),
});

type AskedTerms = z.output<typeof optionsSchema>;

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
 * A ledger that was made without `dataDigest` belongs to the data that it is first opened with; one that was made without
 * `signer` is signed from the first opening with one on.
 *
 * @param directory of this ledger alone
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the term in which the ledger is another, or `signer`; CONFIG_INVALID for
 *   options that can't be, for `pld` and `rdp` as its accountant, and without a budget where there is no ledger; PLUGIN_UNKNOWN for an accountant that is not
 *   installed; LEDGER_DAMAGED naming the file; STORAGE_FAILED
 */
export async function openLedger(directory: string, options: LedgerOptions): Promise<DiskLedger> {
  const asked = asTerms(options, 'openLedger.options');
  const paths = pathsIn(directory);
  if (!(await readTerms(paths))) {
    const made = termsOfNew(paths.directory, asked);
    pricingOf(made, options.accountants);
    await makeDirectory(paths.releases);
    await writeTerms(paths, made, (options.now ?? clock)());
  }
  const ledger = await read(paths, asked, options);
  await ledger.prepare();
  return ledger;
}

/** A ledger that is there, with all that is in it. */
async function read(paths: LedgerPaths, asked: AskedTerms, options: LedgerOptions): Promise<FileLedger> {
  const { accountants, signer, rotations = [], now = clock } = options;
  const known = (await readTerms(paths))!;
  assertTerms(paths.directory, known.terms, asked);
  const user = { dataDigest: asked.dataDigest, signer, rotations };
  const ledger = new FileLedger(paths, known, pricingOf(known.terms, accountants), user, now);
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
  const asked = asTerms(options, 'previewLedger.options');
  if (await hasLedger(directory)) {
    const ledger = await read(pathsIn(directory), asked, options);
    ledger.assertMayCharge();
    return { before: ledger.epsilon, after: ledger.preview(event), terms: ledger.terms };
  }
  const terms = termsOfNew(directory, asked);
  return { before: 0, after: pricingOf(terms, options.accountants).price(event), terms };
}

function asTerms(options: LedgerOptions, subject: string): AskedTerms {
  const { accountants: _, signer: _signer, rotations: _rotations, now: _now, ...terms } = options;
  return parseWith(optionsSchema, terms, subject);
}

function clock(): string {
  return new Date().toISOString();
}

function termsOfNew(directory: string, asked: AskedTerms): LedgerTerms {
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

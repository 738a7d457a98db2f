import { FedwardError } from '@fedward/core';

/** The accountant of ledgers, by the name that their terms have: see `renyiFilter`. */
export const renyiFilterName = 'rdp-filter';

/**
 * They price a composition whose releases are all settled before the first one. In a ledger a later study may be chosen
 * by an earlier one's result: ledgers that were made for them, by versions before this was seen, are priced by the filter.
 */
const settledBefore: readonly string[] = ['pld', 'rdp'];

/** The name of the accountant that prices a ledger made for this one. */
export function pricedBy(accountant: string): string {
  return settledBefore.includes(accountant) ? renyiFilterName : accountant;
}

/** @throws {FedwardError} CONFIG_INVALID (`accountant`) for one that can't price what outlives a run */
export function assertFitsLedger(accountant: string): void {
  if (settledBefore.includes(accountant))
    throw new FedwardError(
      'CONFIG_INVALID',
      `a ledger can't be priced by accountant ${accountant}: its sum is proved for releases that were settled before the ` +
        `first one, and a later study may be chosen by an earlier one's result; use ${renyiFilterName}, or gaussian ` +
        'where nothing is sampled and all noise is Gaussian',
      'accountant',
    );
}

/**
 * The accountant of a new ledger for runs that are priced by this one. Only what holds for releases that were not settled
 * before the first one does: of all others the ledger has its own, which is the default.
 */
export function accountantForLedger(ofRun: string | undefined): 'gaussian' | undefined {
  return ofRun === 'gaussian' ? ofRun : undefined;
}

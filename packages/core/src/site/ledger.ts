import type { AccountantFactory } from '../interfaces/privacy.js';
import type { Adjacency, DpEvent, PrivacyUnit } from '../privacy/events.js';
import { incompatible } from '../base/errors.js';
import { Spending } from '../privacy/spending.js';

/** One release that is about to be made, with all that its price depends on. */
export interface Charge {
  readonly planHash: string;
  readonly runId: string;
  readonly round: number;
  readonly unit: PrivacyUnit;
  readonly adjacency: Adjacency;
  /** True where the site's noise comes from a seed. */
  readonly simulationOnly: boolean;
  readonly event: DpEvent;
}

/** A site's own account of what its data has spent. */
export interface SiteLedger {
  /** True where it outlives runs, as one on disk does: it then counts what patients spent in others. */
  readonly outlivesRuns?: boolean;
  /**
   * Writes the charge down; it lasts once this resolves, and nothing is released before.
   * @throws {FedwardError} BUDGET_EXCEEDED, with nothing written; CONFIG_INCOMPATIBLE for a charge that can't be added
   *   to the others: of another unit or adjacency
   */
  charge(charge: Charge): Promise<void>;
}

/** Of `memoryLedger`: whose ledger it is, and under which terms it counts. */
export interface MemoryLedgerOptions {
  readonly clientId: string;
  readonly accountant: AccountantFactory;
  readonly adjacency: Adjacency;
  readonly delta: number;
  readonly budget: number;
  /** What the site had spent before. */
  readonly spent?: DpEvent;
}

/** A ledger that lives as long as its process. */
export function memoryLedger(options: MemoryLedgerOptions): SiteLedger & { readonly spent: DpEvent } {
  const { clientId, accountant, adjacency, delta, budget, spent } = options;
  const spending = new Spending(accountant, adjacency, delta, spent && { [clientId]: spent });
  return {
    async charge({ event, round, adjacency: ofCharge }) {
      if (ofCharge !== adjacency)
        throw incompatible(
          `the ledger of ${clientId} is under ${adjacency}, the charge under ${ofCharge}`,
          'adjacency',
        );
      spending.assertWithin(budget, [clientId], event, round);
      spending.charge(clientId, event);
    },
    get spent() {
      return spending.spentBy(clientId);
    },
  };
}

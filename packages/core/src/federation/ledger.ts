import type { AccountantFactory } from '../interfaces/privacy.js';
import type { Adjacency, DpEvent } from '../numeric/dp-event.js';
import { Spending } from './spending.js';

export interface Charge {
  readonly planHash: string;
  readonly runId: string;
  readonly round: number;
  readonly event: DpEvent;
}

/** A site's own account of what its data has spent. */
export interface SiteLedger {
  /** Writes the charge down before anything is released. @throws {FedwardError} BUDGET_EXCEEDED */
  charge(charge: Charge): Promise<void>;
}

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
    async charge({ event, round }) {
      spending.assertWithin(budget, [clientId], event, round);
      spending.charge(clientId, event);
    },
    get spent() {
      return spending.ledger(clientId);
    },
  };
}

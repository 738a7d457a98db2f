import { FedwardError } from '../errors.js';
import type { AccountantFactory } from '../interfaces/privacy.js';
import { canonicalJson } from '../json.js';
import { composeEvents, type Adjacency, type DpEvent } from '../numeric/dp-event.js';

/** What each site has spent so far, and what it would have spent after one more event. */
export class Spending {
  readonly #ledgers: Map<string, DpEvent>;
  /** By ledger, since sites with the same history have spent the same: a hundred thousand sites have few histories. */
  readonly #epsilons = new Map<string, number>();

  constructor(
    private readonly accountant: AccountantFactory,
    private readonly adjacency: Adjacency,
    private readonly delta: number,
    ledgers: Readonly<Record<string, DpEvent>> = {},
  ) {
    this.#ledgers = new Map(Object.entries(ledgers));
  }

  charge(clientId: string, event: DpEvent): void {
    this.#ledgers.set(clientId, composeEvents(this.ledger(clientId), event));
  }

  ledger(clientId: string): DpEvent {
    return this.#ledgers.get(clientId) ?? { type: 'none' };
  }

  get ledgers(): Readonly<Record<string, DpEvent>> {
    return Object.fromEntries(this.#ledgers);
  }

  /** Null where no finite bound is known. */
  epsilon(clientId: string): number | null {
    return finiteOrNull(this.#epsilonOf(this.ledger(clientId)));
  }

  /** Sites have disjoint patients, so the federation has spent what its most charged site has spent. */
  get maximum(): number | null {
    const epsilons = [...this.#ledgers.values()].map((ledger) => this.#epsilonOf(ledger));
    return finiteOrNull(epsilons.reduce((most, epsilon) => Math.max(most, epsilon), 0));
  }

  /** @throws {FedwardError} BUDGET_EXCEEDED naming the first site that one more event would take too far */
  assertWithin(budget: number, clientIds: readonly string[], event: DpEvent, round: number): void {
    for (const clientId of clientIds) {
      const epsilon = this.#epsilonOf(composeEvents(this.ledger(clientId), event));
      if (epsilon <= budget) continue; // a NaN is no bound, and is refused
      throw new FedwardError(
        'BUDGET_EXCEEDED',
        `round ${round} would take ${clientId} to epsilon ${epsilon.toPrecision(5)} at delta ${this.delta}, ` +
          `its budget is ${budget}: the round is refused, nothing was sent`,
        clientId,
      );
    }
  }

  #epsilonOf(ledger: DpEvent): number {
    const key = canonicalJson(ledger);
    let epsilon = this.#epsilons.get(key);
    if (epsilon === undefined) {
      const accountant = this.accountant(this.adjacency);
      accountant.compose(ledger);
      epsilon = accountant.epsilon(this.delta);
      if (this.#epsilons.size === 10_000) this.#epsilons.clear();
      this.#epsilons.set(key, epsilon);
    }
    return epsilon;
  }
}

/** JSON has no Infinity. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

import { FedwardError } from '../base/errors.js';
import type { AccountantFactory } from '../interfaces/privacy.js';
import { canonicalJson } from '../base/json.js';
import { composeEvents, type Adjacency, type DpEvent } from './events.js';

/** A history that one site or many have: what was spent, and what that costs once it is asked for. */
interface History {
  readonly spent: DpEvent;
  epsilon?: number;
  /** By the canonical JSON of one event more. */
  readonly next: Map<string, History>;
}

/**
 * What each site has spent so far, and what it would have spent after one more event. Sites with the same history
 * share it, so that a round costs one composition and one pricing a history: a hundred thousand sites have few.
 */
export class Spending {
  readonly #histories = new Map<string, History>();
  readonly #sites = new Map<string, History>();
  readonly #nothing = this.#historyOf({ type: 'none' });
  /** What sites spend only grows, so a history once reached bounds the maximum from below for good. */
  readonly #unpriced = new Set<History>();
  #maximum = 0;

  constructor(
    private readonly accountant: AccountantFactory,
    private readonly adjacency: Adjacency,
    private readonly delta: number,
    spent: Readonly<Record<string, DpEvent>> = {},
  ) {
    for (const [clientId, events] of Object.entries(spent)) this.#put(clientId, this.#historyOf(events));
  }

  charge(clientId: string, event: DpEvent): void {
    this.#put(clientId, this.#after(this.#site(clientId), event));
  }

  spentBy(clientId: string): DpEvent {
    return this.#site(clientId).spent;
  }

  /** Those that were ever charged. */
  get clients(): readonly string[] {
    return [...this.#sites.keys()];
  }

  /** By client, of those that were ever charged. */
  get spent(): Readonly<Record<string, DpEvent>> {
    return Object.fromEntries([...this.#sites].map(([clientId, { spent }]) => [clientId, spent]));
  }

  /** Null where no finite bound is known. */
  epsilon(clientId: string): number | null {
    return finiteOrNull(this.#epsilonOf(this.#site(clientId)));
  }

  /** Sites have disjoint patients, so the federation has spent what its most charged site has spent. */
  get maximum(): number | null {
    for (const history of this.#unpriced) this.#maximum = Math.max(this.#maximum, this.#epsilonOf(history));
    this.#unpriced.clear();
    return finiteOrNull(this.#maximum);
  }

  /** @throws {FedwardError} BUDGET_EXCEEDED naming the first site that one more event would take too far */
  assertWithin(budget: number, clientIds: readonly string[], event: DpEvent, round: number): void {
    for (const clientId of clientIds) {
      const epsilon = this.#epsilonOf(this.#after(this.#site(clientId), event));
      if (epsilon <= budget) continue; // a NaN is no bound, and is refused
      throw new FedwardError(
        'BUDGET_EXCEEDED',
        `round ${round} would take ${clientId} to epsilon ${epsilon.toPrecision(5)} at delta ${this.delta}, ` +
          `its budget is ${budget}: the round is refused, nothing was sent`,
        clientId,
      );
    }
  }

  #site(clientId: string): History {
    return this.#sites.get(clientId) ?? this.#nothing;
  }

  #put(clientId: string, history: History): void {
    this.#sites.set(clientId, history);
    if (history.epsilon === undefined || !(history.epsilon <= this.#maximum)) this.#unpriced.add(history);
  }

  #after(history: History, event: DpEvent): History {
    const key = canonicalJson(event);
    let next = history.next.get(key);
    if (!next) history.next.set(key, (next = this.#historyOf(composeEvents(history.spent, event))));
    return next;
  }

  /** The one object for all histories that were spent alike. */
  #historyOf(spent: DpEvent): History {
    const key = canonicalJson(spent);
    let history = this.#histories.get(key);
    if (!history) this.#histories.set(key, (history = { spent, next: new Map() }));
    return history;
  }

  #epsilonOf(history: History): number {
    if (history.epsilon === undefined) {
      const accountant = this.accountant(this.adjacency);
      accountant.compose(history.spent);
      history.epsilon = accountant.epsilon(this.delta);
    }
    return history.epsilon;
  }
}

/** JSON has no Infinity. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

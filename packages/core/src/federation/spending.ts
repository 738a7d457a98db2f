import { FedwardError } from '../errors.js';
import type { AccountantFactory, PrivacyAccountant, PrivacyMechanism } from '../interfaces/privacy.js';
import { canonicalJson } from '../json.js';
import { composeEvents, type Adjacency, type DpEvent } from '../numeric/dp-event.js';
import type { TrainingPlan } from '../plan/plan.js';

/** What one round spends of each asked site's data, by all mechanisms; undefined where none has a price. */
export function eventOfRound(
  mechanisms: readonly PrivacyMechanism[],
  plan: TrainingPlan,
  round: number,
): DpEvent | undefined {
  const events = mechanisms.flatMap((mechanism) => mechanism.event?.({ plan, round }) ?? []);
  return events.length > 0 ? composeEvents(...events) : undefined;
}

/** The adjacency under which all the mechanisms' events are priced. @throws CONFIG_INCOMPATIBLE for two. */
export function adjacencyOf(mechanisms: readonly PrivacyMechanism[]): Adjacency | undefined {
  const named = mechanisms.filter((mechanism) => mechanism.adjacency);
  const [first] = named;
  const other = named.find((mechanism) => mechanism.adjacency !== first?.adjacency);
  if (first && other)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${first.name} is priced under ${first.adjacency}, ${other.name} under ${other.adjacency}: they can't be added up`,
      'privacy.mechanisms',
    );
  return first?.adjacency;
}

/**
 * What each site has spent so far, and what it would have spent after one more event. Sites with the same
 * history share one accountant, so that a hundred thousand sites cost as much as their different histories.
 */
export class Spending {
  readonly #ledgers = new Map<string, DpEvent>();
  readonly #accountants = new Map<string, PrivacyAccountant>();

  constructor(
    private readonly create: AccountantFactory,
    private readonly adjacency: Adjacency,
    private readonly delta: number,
    ledgers: Readonly<Record<string, DpEvent>> = {},
  ) {
    for (const [clientId, ledger] of Object.entries(ledgers)) this.#ledgers.set(clientId, ledger);
  }

  charge(clientId: string, event: DpEvent): void {
    this.#ledgers.set(clientId, composeEvents(this.ledger(clientId), event));
  }

  ledger(clientId: string): DpEvent {
    return this.#ledgers.get(clientId) ?? { type: 'none' };
  }

  epsilon(clientId: string): number {
    return this.#accountant(this.ledger(clientId)).epsilon(this.delta);
  }

  preview(clientId: string, event: DpEvent): number {
    return this.#accountant(composeEvents(this.ledger(clientId), event)).epsilon(this.delta);
  }

  /** Sites have disjoint patients, so the federation has spent what its most charged site has spent. */
  get maximum(): number {
    return Math.max(0, ...new Set([...this.#ledgers.values()].map((l) => this.#accountant(l).epsilon(this.delta))));
  }

  get ledgers(): Readonly<Record<string, DpEvent>> {
    return Object.fromEntries(this.#ledgers);
  }

  /** @throws {FedwardError} BUDGET_EXCEEDED naming the first site that one more event would take too far */
  assertWithin(budget: number, clientIds: readonly string[], event: DpEvent, round: number): void {
    for (const clientId of clientIds) {
      const epsilon = this.preview(clientId, event);
      if (epsilon > budget)
        throw new FedwardError(
          'BUDGET_EXCEEDED',
          `round ${round} would take ${clientId} to epsilon ${epsilon.toPrecision(5)} at delta ${this.delta}, ` +
            `its budget is ${budget}: the round is refused, nothing was sent`,
          clientId,
        );
    }
  }

  #accountant(ledger: DpEvent): PrivacyAccountant {
    const key = canonicalJson(ledger);
    let accountant = this.#accountants.get(key);
    if (!accountant) {
      accountant = this.create(this.adjacency);
      accountant.compose(ledger);
      if (this.#accountants.size > 1000) this.#accountants.clear();
      this.#accountants.set(key, accountant);
    }
    return accountant;
  }
}

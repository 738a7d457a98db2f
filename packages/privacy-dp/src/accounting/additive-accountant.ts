import { composeEvents, FedwardError, type Adjacency, type DpEvent, type PrivacyAccountant } from '@fedward/core';
import { assertDelta } from './delta.js';

/** What one release costs, in numbers that add up under composition; or why it has no price. */
export type Price = { readonly cost: ArrayLike<number> } | { readonly refused: string };

/** All that sets one additive accountant apart from another. */
export interface Pricing {
  readonly name: string;
  /** How many numbers a cost is made of. */
  readonly size: number;
  /** Prices one event that is neither `none` nor a composition. Must not throw, whatever the event. */
  price(release: DpEvent, adjacency: Adjacency): Price;
  /** @param cost the sum over all releases */
  epsilon(cost: Float64Array, delta: number): number;
}

/**
 * An accountant under which costs add up, whichever order the releases come in: Renyi divergences at fixed orders,
 * or the squared mu of Gaussian releases. It opens compositions and repetitions, and checks the whole event
 * before it changes anything.
 */
export function additiveAccountant(pricing: Pricing, adjacency: Adjacency): PrivacyAccountant {
  const { name } = pricing;
  let total = new Float64Array(pricing.size);
  let ledger: DpEvent = { type: 'none' };

  const totalAfter = (event: DpEvent) => {
    const sum = total.slice();
    for (const { release, count } of releasesOf(event)) {
      const price = pricing.price(release, adjacency);
      if ('refused' in price)
        throw new FedwardError(
          'EVENT_UNSUPPORTED',
          `accountant ${name} can't price ${release.type} under ${adjacency}: ${price.refused}`,
          release.type,
        );
      for (let i = 0; i < sum.length; i++) sum[i]! += count * price.cost[i]!;
    }
    return sum;
  };

  return {
    name,
    adjacency,
    supports(event) {
      for (const { release } of releasesOf(event)) if ('refused' in pricing.price(release, adjacency)) return false;
      return true;
    },
    compose(event) {
      const after = totalAfter(event);
      ledger = composeEvents(ledger, event);
      total = after;
    },
    preview(event, delta) {
      assertDelta(delta);
      return pricing.epsilon(totalAfter(event), delta);
    },
    epsilon(delta) {
      assertDelta(delta);
      return pricing.epsilon(total, delta);
    },
    get ledger() {
      return ledger;
    },
  };
}

/**
 * The single releases of an event, each with how often it happens. A malformed composition or repetition is given as it
 * is, and what is no event at all by a type that nobody knows: ledgers are read from files, and plans are written by hand.
 */
export function* releasesOf(event: DpEvent, count = 1): Generator<{ release: DpEvent; count: number }> {
  if (!isEvent(event)) {
    yield { release: { type: String(event) } as unknown as DpEvent, count };
    return;
  }
  if (event.type === 'none') return;
  if (event.type === 'composed' && Array.isArray(event.events)) {
    for (const part of event.events) yield* releasesOf(part, count);
  } else if (event.type === 'repeated' && Number.isSafeInteger(event.count) && event.count >= 0) {
    if (event.count > 0) yield* releasesOf(event.event, count * event.count);
  } else yield { release: event, count };
}

/** True for an object with a type, whatever the type system was told. */
export function isEvent(value: unknown): value is DpEvent {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** True for a noise multiplier that means something: finite and >= 0. */
export function isNoiseMultiplier(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

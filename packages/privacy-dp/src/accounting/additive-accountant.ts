import { composeEvents, type Adjacency, type DpEvent, type PrivacyAccountant } from '@fedward/core';
import { assertDelta } from './delta.js';
import { firstUnpriced, releasesOf, unsupported } from './unpriced.js';

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
  let composed: DpEvent = { type: 'none' };

  const totalAfter = (event: DpEvent) => {
    const sum = total.slice();
    for (const { release, count } of releasesOf(event)) {
      const price = pricing.price(release, adjacency);
      if ('refused' in price) throw unsupported(name, adjacency, { part: release, reason: price.refused });
      for (let i = 0; i < sum.length; i++) sum[i]! += count * price.cost[i]!;
    }
    return sum;
  };

  return {
    name,
    adjacency,
    unpriced: (event) => firstUnpriced(event, (release) => pricing.price(release, adjacency)),
    compose(event) {
      const after = totalAfter(event);
      composed = composeEvents(composed, event);
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
    get composed() {
      return composed;
    },
  };
}

/** True for a noise multiplier that means something: finite and >= 0. */
export function isNoiseMultiplier(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

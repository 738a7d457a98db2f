import {
  assertThat,
  composeEvents,
  FedwardError,
  type AccountantFactory,
  type DpEvent,
  type Unpriced,
} from '@fedward/core';
import * as z from 'zod';

/** None. */
export const myPluginOptions = z.strictObject({});

/**
 * Prices Gaussian releases by zero-concentrated differential privacy (Bun and Steinke 2016): one with the noise multiplier
 * z is rho-zCDP with rho = 1 / (2 z^2) (proposition 1.6), the rho of releases add up, each may be chosen by what the earlier
 * ones gave (lemma 1.7), and rho-zCDP gives every delta an epsilon of rho + 2 sqrt(rho ln(1/delta)) (proposition 1.3).
 * An upper bound under either adjacency, as the sensitivity is that of the adjacency.
 */
export function myPluginAccountant(): AccountantFactory {
  return (adjacency) => {
    let composed: DpEvent = { type: 'none' };
    const charged = (event: DpEvent): number => {
      const price = priceOf(event);
      if (typeof price === 'number') return price;
      const message = `accountant my-plugin can't price ${price.part.type} under ${adjacency}: ${price.reason}`;
      throw new FedwardError('EVENT_UNSUPPORTED', message, price.part.type);
    };
    return {
      name: 'my-plugin',
      adjacency,
      unpriced(event) {
        const price = priceOf(event);
        return typeof price === 'number' ? undefined : price;
      },
      compose(event) {
        charged(event); // refused before anything has changed
        composed = composeEvents(composed, event);
      },
      preview: (event, delta) => epsilonOf(charged(composed) + charged(event), delta),
      epsilon: (delta) => epsilonOf(charged(composed), delta),
      get composed() {
        return composed;
      },
    };
  };
}

/** rho of an event, Infinity for what no noise covers; or the first part of it that has no price. */
function priceOf(event: DpEvent): number | Unpriced {
  const refused = (reason: string): Unpriced => ({ part: event, reason });
  switch (event.type) {
    case 'none':
      return 0;
    case 'non-private':
      return Infinity;
    case 'gaussian': {
      const z = event.noiseMultiplier;
      return Number.isFinite(z) && z >= 0 ? 1 / (2 * z * z) : refused(`its noiseMultiplier is ${z}`);
    }
    case 'repeated': {
      if (!Number.isSafeInteger(event.count) || event.count < 0) return refused(`its count is ${event.count}`);
      const once = priceOf(event.event);
      if (typeof once !== 'number') return once;
      return event.count === 0 ? 0 : event.count * once;
    }
    case 'composed': {
      let sum = 0;
      for (const part of event.events) {
        const price = priceOf(part);
        if (typeof price !== 'number') return price;
        sum += price;
      }
      return sum;
    }
    default: // what later versions of core add, too
      return refused('it knows Gaussian releases without sampling');
  }
}

function epsilonOf(rho: number, delta: number): number {
  assertThat(delta > 0 && delta < 1, 'delta', `delta must be above 0 and below 1, got ${delta}`);
  return rho + 2 * Math.sqrt(rho * Math.log(1 / delta));
}

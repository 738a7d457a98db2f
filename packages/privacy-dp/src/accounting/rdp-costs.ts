import type { Adjacency, DpEvent } from '@fedward/core';
import type { Price } from './additive-accountant.js';
import { rdpCurve } from './rdp-curve.js';

/** Costs are kept by release, so that the epsilon of each round's preview costs one multiplication an order. */
const mostKnown = 256;

/** Prices releases by their Renyi divergences (nats) at these orders. @param orders each > 1, or Infinity */
export function rdpCosts(orders: readonly number[]): (release: DpEvent, adjacency: Adjacency) => Price {
  const known = new Map<string, Price>();
  return (release, adjacency) => {
    const key = JSON.stringify([adjacency, release]);
    let found = known.get(key);
    if (!found) {
      const curve = rdpCurve(release, adjacency);
      if (typeof curve !== 'function') return curve;
      found = { cost: orders.map((order) => curve(order)) };
      if (known.size >= mostKnown) known.clear();
      known.set(key, found);
    }
    return found;
  };
}

import assert from 'node:assert/strict';
import type { Adjacency, DpEvent } from '@fedward/core';
import { deltas, prices, say, spend, type Given } from './composition.js';

/** Room for the error of the integration, relative to delta. */
const room = 1e-4;

/** The delta that an attacker has at an epsilon. */
export type Truth = (epsilon: number) => number;

/**
 * A check that what `events` cost is at least what an attacker has. Where the accountant does not know the events,
 * under an adjacency, nothing is checked.
 */
export function soundness({ create, adjacencies }: Pick<Given, 'create' | 'adjacencies'>) {
  return (events: readonly DpEvent[], truthOf: (adjacency: Adjacency) => Truth): void => {
    for (const adjacency of adjacencies) {
      if (!events.every((event) => prices(create(adjacency), event))) continue;
      const accountant = spend(create, adjacency, ...events);
      const truth = truthOf(adjacency);
      for (const delta of deltas) {
        const epsilon = accountant.epsilon(delta);
        if (epsilon === Number.POSITIVE_INFINITY) continue;
        assert.ok(
          truth(epsilon) <= delta * (1 + room),
          `${events.length} x ${say(events[0]!)} under ${adjacency}: said to be (${epsilon}, ${delta}), ` +
            `but at this epsilon an attacker has delta ${truth(epsilon)}`,
        );
      }
    }
  };
}

import { assertInteger } from '../base/assert.js';
import type { Collector } from '../interfaces/collector.js';

/** Waits for everyone that was asked, until the deadline. Whoever is silent then is dropped. */
export const everyone: Collector = { name: 'everyone', patience: 0 };

/**
 * Ends a round with the first updates that come in, of whatever round; the others go on and are in a later one. The
 * server's half of FedBuff (Nguyen et al. 2022, algorithm 1).
 *
 * @param size number of updates that are enough
 * @param patience for how many further rounds a site that is still at work is waited for
 */
export function buffered({ size, patience }: { readonly size: number; readonly patience: number }): Collector {
  assertInteger('size', size, 1);
  assertInteger('patience', patience, 1);
  return {
    name: 'buffered',
    requires: ['stale-updates'],
    removes: ['fresh-updates'],
    patience,
    enough: ({ arrived }) => arrived >= size,
  };
}

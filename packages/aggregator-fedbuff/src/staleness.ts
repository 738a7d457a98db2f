import * as z from 'zod';

/** How an update's weight falls with its staleness. */
export const stalenessOptions = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('polynomial').describe('(1 + s)^-exponent: Nguyen et al. 2022, section 5, with 0.5'),
    exponent: z.number().min(0).default(0.5).describe('0: as constant'),
  }),
  z.strictObject({ kind: z.literal('constant').describe('1, however old') }),
  z.strictObject({
    kind: z.literal('hinge').describe('1 up to `after` rounds, then 1 / (slope (s - after) + 1)'),
    slope: z.number().positive().default(10).describe('a of Xie et al. 2019; above 0'),
    after: z.number().min(0).default(4).describe('b of Xie et al. 2019: rounds, from 0 on'),
  }),
]);

/** Of `stalenessFactor`. */
export type Staleness = z.output<typeof stalenessOptions>;

/**
 * What an update of an earlier round counts for, in (0, 1]; 1 for one that is fresh.
 * Source: Xie et al. 2019, Asynchronous federated optimization, section 5.2 (all three); Nguyen et al. 2022, Federated
 * learning with buffered asynchronous aggregation, section 5 (polynomial, exponent 1/2).
 *
 * @param rounds how many rounds were ended since the model that it was trained from was sent, >= 0
 */
export function stalenessFactor(staleness: Staleness, rounds: number): number {
  switch (staleness.kind) {
    case 'polynomial':
      // The square root is exact to the last bit on every machine; a power need not be.
      return staleness.exponent === 0.5 ? 1 / Math.sqrt(1 + rounds) : Math.pow(1 + rounds, -staleness.exponent);
    case 'constant':
      return 1;
    case 'hinge':
      return rounds <= staleness.after ? 1 : 1 / (staleness.slope * (rounds - staleness.after) + 1);
  }
}

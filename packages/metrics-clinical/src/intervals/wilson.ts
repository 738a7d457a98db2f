import { z, type Interval } from './normal.js';

/**
 * Wilson's score interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22:209), which holds its level for few records and
 * for shares near 0 and 1.
 *
 * @param share in [0, 1]
 * @param count of records that it is a share of, > 0; an effective one, where records come in clusters, need not be whole
 */
export function wilson(share: number, count: number): Interval {
  const shrunk = 1 + z ** 2 / count;
  const centre = (share + z ** 2 / (2 * count)) / shrunk;
  const half = (z / shrunk) * Math.sqrt((share * (1 - share)) / count + (z / (2 * count)) ** 2);
  // At 0 and 1 centre and half are equal but for rounding.
  return [share === 0 ? 0 : Math.max(0, centre - half), share === 1 ? 1 : Math.min(1, centre + half)];
}

import { randomInt } from 'node:crypto';

/**
 * The seed of all property tests: a fixed one, so that a change and not chance makes a test fail.
 * `FEDWARD_TEST_SEED=fresh` takes another for each run, as nightly runs do; a number repeats one.
 * @throws RangeError where the variable is neither
 */
export function testSeed(): number {
  const asked = process.env['FEDWARD_TEST_SEED'] ?? '20260101';
  const seed = asked === 'fresh' ? randomInt(2 ** 31) : Number(asked);
  if (!Number.isInteger(seed)) throw new RangeError(`FEDWARD_TEST_SEED is 'fresh' or an integer, not '${asked}'`);
  return seed;
}

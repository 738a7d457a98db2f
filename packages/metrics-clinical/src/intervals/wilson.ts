import { assertThat } from '@fedward/core';
import { z95 } from '../influence/influence.js';

/**
 * The interval of 95 % of a share (Wilson 1927, JASA 22:209): of all shares for which what was seen is no surprise. It
 * stays within [0, 1], and has a length where no record or every one counts.
 *
 * @param successes from 0 to `records`; need not be whole
 * @param records above 0; below their true number where they are not independent of each other
 * @throws {FedwardError} ARGUMENT_INVALID
 */
export function wilson(successes: number, records: number): [low: number, high: number] {
  assertThat(
    records > 0 && successes >= 0 && successes <= records,
    'successes',
    `${successes} of ${records} is no share`,
  );
  const share = successes / records;
  const z2 = z95 ** 2;
  const centre = share + z2 / (2 * records);
  const half = z95 * Math.sqrt((share * (1 - share)) / records + z2 / (4 * records ** 2));
  const scale = 1 + z2 / records;
  return [successes === 0 ? 0 : (centre - half) / scale, successes === records ? 1 : (centre + half) / scale];
}

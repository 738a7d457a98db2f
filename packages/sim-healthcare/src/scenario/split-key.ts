import { createHmac } from 'node:crypto';
import { Random } from '@fedward/core';
import { seededKey } from '@fedward/data-medical';
import type { LoadOptions } from './scenario.js';

/** The key by which a hospital parts its patients: from the run's secret where there is one, otherwise from its seed. */
export function splitKeyOf({ splitSecret, seed }: LoadOptions, hospital: string): Uint8Array {
  return splitSecret
    ? createHmac('sha256', splitSecret).update(hospital).digest()
    : seededKey(new Random(seed).fork('split', hospital));
}

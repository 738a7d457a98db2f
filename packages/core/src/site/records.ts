import { FedwardError, incompatible } from '../base/errors.js';
import type { Records } from '../interfaces/records.js';
import type { Plan } from '../plan/plan.js';
import type { Protection } from '../privacy/protection.js';
import type { OwnSiteOptions } from './options.js';
import type { Work } from './work.js';

/** The records, looked at once: here where they are there, when they are needed where they are made. */
export function recordsOf({ data }: OwnSiteOptions, assert: (data: Records) => void): () => Records | Promise<Records> {
  if (typeof data !== 'function') {
    assert(data);
    return () => data;
  }
  let made: Promise<Records> | undefined;
  return () =>
    (made ??= (async () => {
      const records = await data();
      assert(records);
      return records;
    })());
}

/** @throws {FedwardError} DATA_EMPTY, or what they can't be used for, before anything is charged */
export function assertRecords(data: Records, id: string, plan: Plan, { adjacency }: Protection, work: Work): void {
  if (data.count === 0) throw new FedwardError('DATA_EMPTY', `${id} has no records`, id);
  work.assertData(data);
  const { sharedStatistics } = data;
  // All the data of a hospital may hang together where hospitals are protected: their epsilon covers what one computes.
  if (!adjacency || sharedStatistics === undefined || !plan.privacy || plan.privacy.unit === 'hospital') return;
  const { unit } = plan.privacy;
  throw incompatible(
    `${id}: each ${unit} moves the examples of all others, since they were prepared by ${sharedStatistics}. The ` +
      `epsilon of a ${unit} does not pay for that: prepare them by constants that are known without these data`,
    'data.sharedStatistics',
  );
}

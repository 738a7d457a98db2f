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
  if (adjacency) assertSeparate(data, id, plan, 'data');
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where a record or a patient has a price, and moves the examples of others */
export function assertSeparate({ sharedStatistics }: Records, id: string, plan: Plan, what: 'data' | 'testData'): void {
  // All the data of a hospital may hang together where hospitals are protected: their epsilon covers what one computes.
  if (sharedStatistics === undefined || !plan.privacy || plan.privacy.unit === 'hospital') return;
  const { unit } = plan.privacy;
  throw incompatible(
    `${id}: each ${unit} moves the examples of all others, since they were prepared by ${sharedStatistics}. The ` +
      `epsilon of a ${unit} does not pay for that: prepare them by constants that are known without these data`,
    `${what}.sharedStatistics`,
  );
}

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for scores of a personal model where scores have a price: such a model may hang
 *   on records by a training that nothing protects (`trainHere`), and the price is that of what it is scored on
 */
export function assertScorePaid({ personal, strategy }: Work, { adjacency }: Protection): void {
  if (!adjacency || !personal) return;
  throw incompatible(
    `scores are of ${strategy}'s personal model, and the price of scores does not pay for what that tells of the records that it was trained on`,
    'evaluation',
  );
}

import { FedwardError, isFedwardError, wordsOf } from '@fedward/core';

/** What a database threw, as an error of ours that says where; an error that is one already stays as it is. */
export function databaseFailure(where: string, cause: unknown): FedwardError {
  if (isFedwardError(cause)) return cause;
  return new FedwardError('STORAGE_FAILED', `the store (${where}): ${wordsOf(cause)}`, where, { cause });
}

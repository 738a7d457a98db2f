import type { FedwardError } from '@fedward/core';
import { wordsOf, isFedwardError } from '@fedward/core';
import type { SiteDone } from '@fedward/sim-healthcare';

/** What a client failed with before, or instead of, an answer of its own. */
export function failed(error: unknown): SiteDone {
  const { name } = error instanceof Error ? error : { name: 'Error' };
  const { code, family, subject } = isFedwardError(error) ? error : ({} as Partial<FedwardError>);
  return {
    ...{ events: [], work: [] },
    error: {
      ...{ name, message: wordsOf(error) },
      ...(code !== undefined && { code }),
      ...(family !== undefined && { family }),
      ...(subject !== undefined && { subject }),
    },
  };
}

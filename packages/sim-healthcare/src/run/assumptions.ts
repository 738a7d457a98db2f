import type { PrivacyStatement } from '@fedward/core';
import type { Population } from '../scenario/scenario.js';

/**
 * What an epsilon takes for granted: by core, of how the data were prepared, and of ledgers. A ledger's budget holds for
 * studies that were chosen by what earlier ones released; the scores that a simulation shows are not of that.
 */
export function assumptionsOf(
  { assumptions }: Pick<PrivacyStatement, 'assumptions'>,
  { assumptions: ofData = [] }: Pick<Population, 'assumptions'>,
  hasLedgers: boolean,
): string[] {
  return [
    ...assumptions,
    ...ofData,
    ...(hasLedgers
      ? ['no study on these ledgers is chosen by scores on test parts, or by anything else that nobody paid for']
      : []),
  ];
}

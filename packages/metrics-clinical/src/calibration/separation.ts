import { largest, smallest } from '@fedward/core';
import type { BinaryRecords } from '../binary/records.js';

/**
 * Why a logistic regression on the scores has no finite solution, where it has none: the scores are all the same, or those of one
 * class all lie on one side of the other's (Albert and Anderson 1984, Biometrika 71:1).
 */
export function separation({ scores, labels }: BinaryRecords): string | undefined {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) return 'a prediction is exactly 0 or 1';
    const label = labels[i]!;
    low[label] = Math.min(low[label]!, scores[i]!);
    high[label] = Math.max(high[label]!, scores[i]!);
  }
  if (smallest(low) === largest(high)) return 'all predictions are the same';
  if (low[1]! >= high[0]! || low[0]! >= high[1]!) return 'the predictions part the classes without a fault';
  return undefined;
}

import { cut } from '../base/errors.js';
import type { AuditEvent } from '../interfaces/audit.js';

/** What an entry of the log is about. */
export type Place = Pick<AuditEvent, 'runId' | 'round'>;

/** What a refused message says of itself, as far as a log can write it: it may be anything, and of any size. */
export function placeOf({ runId, round }: Place): Place {
  const whole = Number.isSafeInteger(round) && round! >= 0;
  return { runId: typeof runId === 'string' ? cut(runId) : '', ...(whole && { round: round! }) };
}

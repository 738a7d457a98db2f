import type { CheckSummary } from '@fedward/compliance';
import * as z from 'zod';

const count = z.int().nonnegative();
/** As the log's entry `check` has it. */
export const checkToldSchema = z.object({
  report: z.string(),
  date: z.string(),
  counts: z.object({ pass: count, fail: count, 'needs-a-person': count, 'not-applicable': count }),
  failing: z.array(z.string()),
  needsAPerson: z.array(z.string()),
});

/** What the log tells of a run's checks: how many rules came to what, and which; no evidence. */
export interface CheckTold {
  /** Digest of the report in check.json. */
  readonly report: string;
  /** The day of the check, ISO 8601. */
  readonly date: string;
  readonly counts: CheckSummary;
  /** Ids of rules. */
  readonly failing: readonly string[];
  readonly needsAPerson: readonly string[];
}

import * as z from 'zod';

/** How many sites may lie, f. */
export const byzantineOption = z
  .int()
  .min(0)
  .max(100_000)
  .default(1)
  .describe('how many of the sites may send anything at all, f; what is sent by f of them is survived');

/** A norm, or that of the round. */
export const normOption = z.union([z.number().positive(), z.literal('median')], {
  error: 'expected a number above 0 or "median"',
});

/** Whether claims count. */
export const byRecordsOption = z
  .boolean()
  .default(false)
  .describe('count each site by the number of records that it says it has, which may be a lie; default: each once');

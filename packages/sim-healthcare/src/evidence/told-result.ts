import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { runPaths } from '../run/run-folder.js';

/** What a pack takes from `result.json`: results of other versions have more, or less. */
const schema = z.object({
  secureAggregation: z.unknown().optional(),
  bytes: z.object({ sent: z.number(), received: z.number() }).optional(),
  compression: z.string().optional(),
  notices: z.array(z.string()).default([]),
  rounds: z.array(
    z.object({
      round: z.int(),
      participants: z.array(z.string()),
      dropped: z.array(z.object({ id: z.string() })).default([]),
      leftOut: z.array(z.object({ id: z.string() })).default([]),
      waiting: z.array(z.string()).default([]),
      stale: z.array(z.unknown()).default([]),
      bytes: z.object({ received: z.number() }).optional(),
    }),
  ),
  participation: z
    .object({
      complete: z.boolean(),
      rounds: z.object({ meanShareLost: z.number().nullable() }),
      hospitals: z.array(
        z.object({
          id: z.string(),
          rounds: z.int(),
          missed: z.int(),
          lastRound: z.int().nullable(),
          weightShareLost: z.number().nullable(),
        }),
      ),
    })
    .optional(),
  reach: z.array(z.object({ id: z.string(), most: z.number().nullable(), because: z.string() })).default([]),
  privacy: z
    .object({ notReleased: z.array(z.string()).default([]) })
    .nullable()
    .default(null),
});
export type ToldResult = z.output<typeof schema>;

/** Undefined before a run has one, and for a file that is none. */
export async function readToldResult(directory: string): Promise<ToldResult | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(runPaths(directory).result, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

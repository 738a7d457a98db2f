import * as z from 'zod';

/** Where somebody else's log stands, as it may be told: it goes into one's own log, which can't write everything. */
export const receiptSchema = z.object({
  index: z.int().min(0),
  root: z
    .string()
    .max(200)
    .refine((root) => root.isWellFormed(), 'is no well-formed text'),
});

import * as z from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What others send as proof, of a size that any tree needs. */
const growthSchema = z.object({ size: z.int().min(0), proof: z.array(hash).max(64) });

/** A signed text as others send it. */
const signedText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => text.isWellFormed(), 'is no well-formed text');

export const cosignatureSchema = signedText(1000);

export const entryProofSchema = z.object({ entry: signedText(70_000), proof: signedText(10_000) });

/** Where somebody else's log stands, as it may be told: it goes into one's own log, which can't write everything. */
export const receiptSchema = z.object({
  index: z.int().min(0),
  root: z
    .string()
    .max(200)
    .refine((root) => root.isWellFormed(), 'is no well-formed text'),
});

/** The same with what shows that it only grew, and who vouches for it. */
export const headSchema = receiptSchema.extend({
  checkpoint: signedText(10_000).optional(),
  grown: z.array(growthSchema).max(100).optional(),
});

import type { JsonObject, RoundCertificate } from '@fedward/core';
import * as z from 'zod';

const text = z.string().min(1);
const entryProof = { entry: text, proof: text };

/** A certificate as it comes from a file: whether it holds is another question. */
export const certificateSchema: z.ZodType<RoundCertificate> = z.strictObject({
  version: z.literal(1),
  runId: z.string(),
  round: z.int().min(0),
  coordinator: z.strictObject({
    ...entryProof,
    verifierKey: text,
    details: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null).exactOptional(),
  }),
  sites: z.array(z.strictObject({ ...entryProof, id: text, verifierKey: text.exactOptional() })).max(100_000),
  witnessed: z.array(text).max(100_000),
});

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const receipt = z.object({ index: z.int().min(0), root: hash });

/** What a coordinator's entry `round-certified` says, as far as it is held against anything. More may be added to it. */
export const certifiedSchema = z.object({
  planHash: z.string(),
  participants: z.array(z.string()),
  dropped: z.array(z.object({ id: z.string(), code: z.string(), weightLost: z.number().nullish() })),
  model: z.object({ before: z.string(), after: z.string() }),
  epsilon: z.number().nullable(),
  updates: z.record(z.string(), z.string()),
  dataSheets: z.record(z.string(), z.string()),
  heads: z.record(z.string(), receipt),
});

/** What a site's entry says of an answer, likewise. */
export const answeredSchema = z.object({
  planHash: z.string(),
  update: z.string(),
  dataSheet: z.string().optional(),
  serverHead: receipt,
});

/** What a coordinator says of a round. */
export type Certified = z.output<typeof certifiedSchema>;

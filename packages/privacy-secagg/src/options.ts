import * as z from 'zod';

/** An Ed25519 public key, 32 bytes. */
const publicKey = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

function areDifferent(keys: Readonly<Record<string, string>>): boolean {
  const all = Object.values(keys);
  return new Set(all).size === all.length;
}

/** The options of `secagg`, as a plan has them: all sites of a run have the same. */
export const secureAggregationOptions = z.strictObject({
  identities: z
    .union([z.literal('simulated'), z.record(z.string(), publicKey).refine(areDifferent, 'two sites have one key')])
    .describe("each site's Ed25519 public key in hexadecimal, by its id; `simulated`: keys that follow from the seed"),
  threshold: z
    .int()
    .min(3)
    .optional()
    .describe('how many sites must be left at each stage; never fewer than floor(2n/3) + 1 of n, and 3'),
  bits: z
    .union([z.literal(32), z.literal(64)])
    .default(32)
    .describe('of each value, in words of 32 bits'),
  range: z.number().positive().default(1).describe('largest value of an update; what is beyond is cut'),
  weights: z
    .enum(['records', 'equal'])
    .optional()
    .describe(
      'whether a site counts by its number of records, which is the default; equal where a mechanism has a price',
    ),
  mostRecords: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .default(4096)
    .describe('the most records that a site counts with, where it counts by records'),
  noise: z
    .strictObject({
      on: z
        .enum(['updates', 'steps'])
        .default('updates')
        .describe('updates: a site is the unit; steps: records or patients are, and a round is one step of SGD'),
      clipNorm: z
        .number()
        .positive()
        .describe("L2 norm that a site's update, or in steps the gradient of one unit, is cut to"),
      noiseMultiplier: z
        .number()
        .positive()
        .describe('deviation of the noise that a sum has at least, over what one site moves it'),
      expectedClients: z
        .number()
        .positive()
        .optional()
        .describe('what the sum is divided by; default: how many are asked'),
      colluding: z.int().min(0).default(0).describe('how many sites of a sum may tell the server what noise they drew'),
    })
    .optional()
    .describe('differential privacy by noise of which each site adds a share'),
});

/** Of `secureAggregation`, as a plan has them. */
export type SecureAggregationOptions = z.input<typeof secureAggregationOptions>;

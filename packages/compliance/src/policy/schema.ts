import { parseWith } from '@fedward/core';
import * as z from 'zod';

const name = z.string().min(1).max(1000);
const names = z.array(name).min(1).max(1000);
const count = z
  .int()
  .min(1)
  .max(2 ** 32);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is `sha256:` and 64 hexadecimal digits');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is HH:MM, from 00:00 to 23:59');
const endClock = z.string().regex(/^(?:([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'is HH:MM, from 00:01 to 24:00');
const timeZone = z.string().refine(isTimeZone, 'is no IANA time zone, such as Europe/Berlin');

/**
 * A host's own rules, as data: a YAML or JSON file. What is not named is not restricted, but for what holds of every
 * policy: errors leave as codes, weights are 1 or the number of records, and an update has the tensors that it was asked
 * for. A member that nobody knows is refused, since whoever wrote it believes that it does something.
 */
export const sitePolicySchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** How the policy is called, in the log. */
  name,
  /** Plans are signed by people before they run here. */
  approvals: z
    .strictObject({
      /** How many must have signed, each by a key of their own. */
      people: z.union([z.literal(1), z.literal(2)]).default(1),
      /** Verifier keys of those who may sign, and revoke. */
      keys: names,
    })
    .refine(({ keys, people }) => new Set(keys).size >= people, 'there are fewer keys than people who must sign')
    .optional(),
  /** Hashes of the only plans that are let in. */
  plans: z.array(digest).min(1).optional(),
  /** What work is done here, by the names of trainers and queries. A kind that is not named is not done. */
  work: z.strictObject({ trainers: names.optional(), queries: names.optional() }).optional(),
  /** What models are trained here. */
  models: z
    .strictObject({ losses: names.optional(), layers: names.optional(), mostParameters: count.optional() })
    .optional(),
  /** What an update may be. */
  update: z
    .strictObject({
      mostBytes: count.optional(),
      /** So many times as many numbers as were sent: masks of 64 bits take two words a number. Of trainings. */
      mostTimes: z.number().min(1).max(100).default(2),
      /** Names of tensors beside those that were sent; `*` stands for any characters. A query's answer has only these. */
      tensors: names.optional(),
      /** `counted`: 1, or the number of records. `any`: as the aggregator's half at the site says. */
      weights: z.enum(['counted', 'any']).default('counted'),
    })
    .prefault({}),
  /** Of the site's own. */
  minimumRecords: count.optional(),
  /** Asked together in a round. */
  minimumHospitals: count.optional(),
  /** The mechanism that has to be last in a plan, by its name: what leaves are its masked words. */
  requireSecureAggregation: z.strictObject({ mechanism: name.default('secagg') }).optional(),
  /** Noise and sampling from the operating system. */
  requireSecretNoise: z.boolean().default(false),
  /** What the site's data may spend. */
  maximumEpsilon: z
    .strictObject({
      /** All rounds of a plan together. */
      perRun: z.number().positive(),
      /** All runs: the site then has a ledger whose budget is not above. */
      inAll: z.number().positive().optional(),
      delta: z.number().gt(0).lt(1),
      unit: z.enum(['record', 'patient', 'hospital']),
    })
    .optional(),
  /** Names of the metrics that may leave, with updates and with scores. */
  metrics: z.array(name).max(1000).optional(),
  /** Counts of patients in answers of queries. */
  minimumCellSize: z
    .strictObject({
      minimum: count,
      /** Names of the tensors that hold counts; `*` stands for any characters. */
      tensors: names,
    })
    .optional(),
  /** When work is done here. */
  hours: z
    .strictObject({
      timeZone,
      days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
      from: clock,
      /** Not part of it. */
      until: endClock,
    })
    .refine(({ from, until }) => from < until, '`from` is before `until`, on one day')
    .optional(),
  /** ISO 3166-1 alpha-2, of all endpoints that a study declares. */
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'is two capital letters, such as DE'))
    .min(1)
    .optional(),
  /** A data permit as the study declares it (Regulation (EU) 2025/327, Article 68), kept to while it runs. */
  permit: z
    .strictObject({
      /** How this host's data set is called in permits. Default: by the site's id, or the digest of its data sheet. */
      dataset: name.optional(),
      /** Letters of Article 53(1). */
      purposes: names.optional(),
      /** Ids of the permits that are known here. */
      ids: names.optional(),
    })
    .optional(),
  /** `code`: no word of an error leaves. `words`: its message does. */
  errors: z.enum(['code', 'words']).default('code'),
  /** Versions of software by name; `0.1.*` is any patch of 0.1. What runs here and is not named is refused. */
  software: z.record(name, names).optional(),
});

/** A host's rules, with defaults filled in. */
export type SitePolicyRules = z.output<typeof sitePolicySchema>;
/** As a person writes them. */
export type SitePolicyInput = z.input<typeof sitePolicySchema>;

/** @throws {FedwardError} CONFIG_INVALID naming the key, for what is no policy or has a member that nobody knows */
export function parseSitePolicy(value: unknown, what = 'the site policy'): SitePolicyRules {
  return parseWith(sitePolicySchema, value, what);
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

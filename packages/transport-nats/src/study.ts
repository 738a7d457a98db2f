import { parseAnyPlan, parseWith, type JsonObject, type Plan } from '@fedward/core';
import * as z from 'zod';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const json = z.json() as z.ZodType<JsonObject[string]>;

const schema = z.object({
  schemaVersion: z.literal(1),
  /** It names the run, too: a study is one run, however often it is gone on with. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/),
  name: z.string().min(1).max(1000),
  /** For people at the hospitals. */
  description: z.string().max(10_000).default(''),
  plan: z.unknown(),
  /** What the study declares of itself, for hospitals' own rules: purpose, users, countries, permits. */
  declared: z.record(z.string(), json).nullable().default(null),
  /** Ids of the hospitals that are asked to take part, in the order of the federation. */
  members: z.array(z.string().min(1).max(63)).min(1).max(10_000),
  /** `sha256:` and `digestTensors` of the weights that training starts from, where they are not drawn by the plan's seed. */
  initial: digest.nullable().default(null),
});

/** A study as it is proposed to hospitals: all that they are asked to approve. */
export interface Study {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly plan: Plan;
  readonly declared: JsonObject | null;
  readonly members: readonly string[];
  readonly initial: string | null;
}

/** @throws {FedwardError} CONFIG_INVALID naming what is wrong; what newer versions have beside is left out */
export function parseStudy(value: unknown, what: string): Study {
  const { plan, ...study } = parseWith(schema, value, what);
  return { ...study, plan: parseAnyPlan(plan, what) };
}

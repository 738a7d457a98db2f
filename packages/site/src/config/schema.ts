import { parseWith, type Json } from '@fedward/core';
import { sitePolicySchema } from '@fedward/compliance';
import { assertMemberId } from '@fedward/transport-nats';
import * as z from 'zod';

const path = z.string().min(1).max(4096);
const memberId = z.string().superRefine((id, context) => {
  try {
    assertMemberId(id);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});
const server = z
  .string()
  .regex(/^(tls|wss):\/\/[^/\s]+\/?$/, 'is tls://HOST:PORT, or wss://HOST:PORT where only HTTPS gets out');
const endpoint = z.string().regex(/^[^\s:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'is HOST:PORT');
const url = z.string().regex(/^https?:\/\/\S+$/, 'begins with http:// or https://');

/** Which of the hospital's records take part, and how they are read. */
const dataSchema = z
  .strictObject({
    /** The hospital's own table, or the folder that is its table: see docs/data.md. */
    table: path.optional(),
    /** Of the table: what its columns mean. */
    schema: path.optional(),
    /** A scenario that comes with fedward, instead of a table. */
    scenario: z.string().min(1).optional(),
    /** Which hospital of the scenario it is. Default: the site's id. */
    hospital: z.string().min(1).optional(),
    /** Where the scenario's data sets are. */
    folder: path.optional(),
    /** Of how many hospitals the scenario is made, where it simulates them. */
    hospitals: z.int().min(1).max(100_000).optional(),
    /** A list of patients who opted out: their rows are left out. */
    optOuts: path.optional(),
  })
  .superRefine(({ table, schema, scenario, hospital, folder, hospitals }, context) => {
    const say = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
    if ((table === undefined) === (scenario === undefined))
      say('table', 'give either `table` with its `schema`, or `scenario`');
    if (table !== undefined && schema === undefined) say('schema', 'a table needs the schema that says what it means');
    if (table === undefined && schema !== undefined) say('schema', 'only a table is read by a schema');
    const others = { hospital, folder, hospitals };
    for (const [key, value] of Object.entries(others))
      if (table !== undefined && value !== undefined) say(key, 'a table is of this hospital alone: it has no such key');
  });

/** Which plans run here is for people to say. */
const approvalsSchema = z.union([
  /** By `fedward site approve`, by whoever may use the daemon's folder. */
  z.literal('by-hand'),
  /** By signed notes, as `fedward plan approve` makes them. */
  z
    .strictObject({
      /** Verifier keys of those who may sign, and revoke. */
      keys: z.array(z.string().min(1)).min(1).max(100),
      /** How many must have signed. */
      people: z.union([z.literal(1), z.literal(2)]).default(1),
    })
    .refine(({ keys, people }) => new Set(keys).size >= people, 'there are fewer keys than people who must sign'),
]);

export const siteConfigSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Of which federation it is a member. */
  federation: memberId,
  /** What it is called there. */
  id: memberId,
  coordinator: z.strictObject({
    /** By which the coordinator signs all that it asks. */
    verifierKey: z.string().min(1),
  }),
  hub: z.strictObject({
    servers: z.array(server).min(1).max(16),
    /** The hospital's HTTP proxy, for wss:// servers. */
    proxy: z
      .strictObject({
        url: z.string().regex(/^http:\/\/[^@\s]+$/, 'is http://HOST:PORT; its user is a key of its own'),
        user: z.string().min(1).optional(),
        /** Its first line is the password. */
        passwordFile: path.optional(),
      })
      .optional(),
  }),
  keys: z
    .strictObject({
      folder: path.default('keys'),
      /** Its first line is the passphrase of the hospital's key, where that has one. */
      passphraseFile: path.optional(),
    })
    .prefault({}),
  /** Absent until the hospital has said which: nothing runs before. */
  data: dataSchema.optional(),
  /** The hospital's own rules, or the file that they are in. */
  policy: z.union([path, sitePolicySchema]).optional(),
  approvals: approvalsSchema.default('by-hand'),
  /** `seeded` is for simulations: whoever knows the seed can take the noise off. */
  noise: z.enum(['secret', 'seeded']).default('secret'),
  /** What the hospital's patients may spend over all studies. Without it plans with a price are bounded by their rounds. */
  ledger: z
    .strictObject({
      folder: path.default('ledger'),
      /** Epsilon, over all studies. */
      budget: z.number().positive(),
      /** Default: that of the first plan that is charged. */
      delta: z.number().gt(0).lt(1).optional(),
    })
    .optional(),
  folders: z
    .strictObject({
      /** The hospital's audit log. */
      audit: path.default('audit'),
      /** What was proposed and approved. */
      inbox: path.default('inbox'),
      /** All else that the daemon keeps. */
      state: path.default('state'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Of the process that trains, MiB. */
      memoryMiB: z.int().min(128).max(1_048_576).default(2048),
      /** On how many processors it runs. Default: as the system gives. */
      processors: z.int().min(1).max(1024).optional(),
      /** A training that takes longer is ended, seconds. Default: as long as the coordinator waits. */
      trainSeconds: z.number().positive().optional(),
      /** What stays free on the disk: below it nothing is begun, MiB. */
      diskMiB: z.int().min(1).default(512),
      /** The largest message that is downloaded, MiB. */
      downloadMiB: z.int().min(1).default(2048),
    })
    .prefault({}),
  /** Of trainers, by name: what they run on here. A trainer's options are the machine's, and in no plan. */
  trainers: z.record(z.string().min(1).max(100), z.record(z.string(), z.json() as z.ZodType<Json>)).default({}),
  /** Team plugins that plans may name: packages, or files by their paths. */
  plugins: z.array(path).max(100).default([]),
  /** Whether the coordinator's people see what the daemon is at: no word of records, paths or errors is in it. */
  liveLog: z.boolean().default(false),
  /** Nothing listens and nothing is called unless it is named here. */
  telemetry: z
    .strictObject({
      /** Where /metrics, /healthz and /readyz are served. */
      prometheus: endpoint.optional(),
      /** Where OpenTelemetry's metrics and traces are sent. */
      otlp: url.optional(),
    })
    .optional(),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['json', 'text']).default('text'),
      /** Default: standard error. */
      file: path.optional(),
    })
    .prefault({}),
});

/** What a hospital's daemon does, as `site.yaml` says, with defaults filled in. Paths may be relative to its folder. */
export type SiteConfig = z.output<typeof siteConfigSchema>;
/** As a person writes it. */
export type SiteConfigInput = z.input<typeof siteConfigSchema>;
/** Of `SiteConfig`. */
export type SiteDataConfig = z.output<typeof dataSchema>;

/** @throws {FedwardError} CONFIG_INVALID naming the key, also for one that nobody knows */
export function parseSiteConfig(value: unknown, what = 'site.yaml'): SiteConfig {
  return parseWith(siteConfigSchema, value, what);
}

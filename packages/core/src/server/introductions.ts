import * as z from 'zod';
import { throwIfAborted, withDeadline } from '../base/abort.js';
import { cut, FedwardError, hasCode, incompatible } from '../base/errors.js';
import { worksWith } from '../base/versions.js';
import { version } from '../version.js';
import type { Json, JsonObject } from '../base/json.js';
import type { Client, Transport } from '../interfaces/client.js';
import { protocolVersion, type SiteDescription } from '../interfaces/description.js';
import { isTrainingPlan, type Plan } from '../plan/plan.js';
import { headSchema } from '../base/receipt.js';
import { trainAndSubtract } from '../site/train-and-subtract.js';
import { failureOf } from './collect.js';

/** How long sites may take to say who they are, seconds; who has not by then is met when it is asked. */
const patience = 60;
/** How many are met at a time. */
const atATime = 100;

/** Who was met, and what became of it. */
type Met = { readonly description: SiteDescription } | { readonly refusal: FedwardError };

/**
 * Each site says who it is and whether it takes part before it is asked for anything, once a run and process. Who can't
 * be reached is met when it is asked.
 */
export class Introductions {
  readonly #met = new Map<string, Met>();

  /** @param work the site's half of the aggregator, by name, and the digest of the tensors that the server starts from */
  constructor(
    private readonly transport: Transport,
    private readonly plan: Plan,
    private readonly planHash: string,
    private readonly work: { readonly strategy?: string; readonly model?: string } = {},
  ) {}

  /** What one of them said; undefined of who was not met, or does not take part. */
  of(id: string): SiteDescription | undefined {
    const met = this.#met.get(id);
    return met && 'description' in met ? met.description : undefined;
  }

  /** What one of them says of itself now; undefined of who does not answer. */
  async again(id: string): Promise<SiteDescription | undefined> {
    const asked = withDeadline(patience, undefined, (signal) => this.#introduced(this.transport.client(id), signal));
    const description = await asked.catch(() => undefined);
    if (description) this.#met.set(id, { description });
    return description;
  }

  /** What those said that were met and take part. */
  get descriptions(): readonly SiteDescription[] {
    return [...this.#met.values()].flatMap((met) => ('description' in met ? [met.description] : []));
  }

  /** What each of them trains on, by id, as far as they said so. */
  get runsOn(): Readonly<Record<string, string>> {
    const said = this.descriptions.flatMap(({ clientId, work }) =>
      work.kind === 'training' && work.runsOn !== undefined ? [[clientId, work.runsOn] as const] : [],
    );
    return Object.fromEntries(said);
  }

  /** The same for the log: of those that said the same, once. A thousand entries would take longer to write than a round. */
  get said(): Json {
    const groups = new Map<string, { readonly ids: string[] } & JsonObject>();
    for (const { clientId, software, work, dataSheet, keepsLedger, noise, head, verifierKey } of this.descriptions) {
      const versions = software.map(({ name, version }) => `${name} ${version}`);
      const same = {
        software: versions,
        ...(work.kind === 'training' && work.runsOn !== undefined && { runsOn: work.runsOn }),
        ...(dataSheet !== undefined && { dataSheet }),
        keepsLedger,
        noise,
        ...(verifierKey !== undefined && { verifierKey }),
        head: head && { index: head.index, root: head.root },
      };
      const key = JSON.stringify(same);
      const known = groups.get(key);
      if (known) known.ids.push(clientId);
      else groups.set(key, { ids: [clientId], ...same });
    }
    return [...groups.values()];
  }

  /**
   * Meets many at once. Silence and failures are left for later.
   * @throws {FedwardError} the first refusal, where more refuse than the quorum can miss
   */
  async meetAll(ids: readonly string[], quorum: number, signal: AbortSignal | undefined): Promise<void> {
    await withDeadline(patience, signal, async (meeting) => {
      const left = ids.values();
      const inTurn = async (): Promise<void> => {
        for (const id of left) await this.meet(id, meeting).catch(() => undefined);
      };
      await Promise.all(Array.from({ length: atATime }, inTurn));
    }).catch(() => undefined);
    throwIfAborted(signal);
    const refusals = [...this.#met.values()].flatMap((met) => ('refusal' in met ? [met.refusal] : []));
    if (refusals.length > ids.length - quorum) throw refusals[0]!;
  }

  /**
   * @throws {FedwardError} what the site refuses with, now and whenever it is asked again; CONFIG_INCOMPATIBLE for a site
   *   that would do other work than the plan's
   */
  async meet(id: string, signal: AbortSignal): Promise<void> {
    const known = this.#met.get(id);
    if (known && 'refusal' in known) throw known.refusal;
    if (known) return;
    try {
      const client = this.transport.client(id);
      const description = await this.#introduced(client, signal);
      this.#met.set(id, { description });
    } catch (error) {
      const refusal = failureOf(id, error);
      if (refusals.some((code) => hasCode(error, code))) this.#met.set(id, { refusal });
      throw refusal;
    }
  }

  async #introduced(client: Client, signal: AbortSignal): Promise<SiteDescription> {
    const description = described(client.id, await client.describe(signal));
    const { protocol, work } = description;
    const refuse = (why: string): never => {
      throw incompatible(`${client.id} ${why}`, client.id);
    };
    if (protocol !== protocolVersion) refuse(`speaks protocol ${protocol}, the server ${protocolVersion}`);
    const runs = description.software.find(({ name }) => name === '@fedward/core')?.version;
    if (runs !== undefined && !worksWith(runs, version))
      refuse(`runs fedward ${cut(runs)}, the server ${version}: minor versions may be one apart`);
    if (description.clientId !== client.id) refuse(`says that it is ${description.clientId}`);
    // Of a population of thousands hardly one has to look at the plan itself.
    if (!description.approved.includes(this.planHash)) await client.propose(this.plan, signal);
    if (isTrainingPlan(this.plan)) {
      if (work.kind !== 'training') return refuse('answers a query, the plan trains a model');
      const { strategy = trainAndSubtract.name, model } = this.work;
      if (work.strategy !== strategy)
        refuse(`has the strategy ${work.strategy}, the aggregator needs ${strategy} there`);
      if (work.model !== undefined && model !== undefined && work.model !== model)
        refuse('trains a model of other tensors than the server has');
    } else if (work.kind !== 'query' || work.query !== this.plan.query.name)
      refuse(`does not answer the query ${this.plan.query.name}`);
    // What else it has approved is nobody's business, and of a large population too much to keep.
    return { ...description, approved: [this.planHash] };
  }
}

/** What is said is written into the log: of a size that any log takes, and in well-formed Unicode. */
const wellFormed = (most: number) =>
  z
    .string()
    .max(most)
    .refine((given) => given.isWellFormed());
const text = wellFormed(1000);
/** A thousand sites are in one entry of the log, with what runs there. */
const word = wellFormed(200);
const descriptionSchema = z.object({
  protocol: z.number(),
  clientId: text,
  software: z.array(z.object({ name: word, version: word })).max(100),
  approved: z.array(text).max(10_000),
  work: z.union([
    z.object({
      kind: z.literal('training'),
      trainer: text,
      strategy: text,
      model: text.optional(),
      runsOn: word.optional(),
    }),
    z.object({ kind: z.literal('query'), query: text }),
  ]),
  dataSheet: word.optional(),
  keepsLedger: z.boolean(),
  noise: z.enum(['secret', 'seeded']),
  head: headSchema.nullable(),
  verifierKey: word.optional(),
  seen: z.int().min(0).optional(),
});

/** @throws {FedwardError} MESSAGE_INVALID naming the client, for what is no description; its protocol comes first */
function described(id: string, said: unknown): SiteDescription {
  const parsed = descriptionSchema.safeParse(said);
  if (parsed.success) return parsed.data as SiteDescription;
  const protocol = (said as Partial<SiteDescription> | null | undefined)?.protocol;
  if (typeof protocol === 'number' && protocol !== protocolVersion)
    throw incompatible(`${id} speaks protocol ${protocol}, the server ${protocolVersion}`, id);
  const { path, message } = parsed.error.issues[0]!;
  throw new FedwardError('MESSAGE_INVALID', `${id} does not say who it is: ${path.join('.')}: ${message}`, id);
}

/** What a site says for good. Anything else may be another way when it is asked again. */
const refusals = ['PLAN_NOT_APPROVED', 'POLICY_REFUSED', 'CONFIG_INCOMPATIBLE', 'CONFIG_INVALID', 'PLUGIN_UNKNOWN'];

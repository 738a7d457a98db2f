import {
  abortable,
  FedwardError,
  isFedwardError,
  OwnLog,
  wordsOf,
  type AuditEvent,
  type AuditSink,
  type Client,
  type Task,
  type Transport,
  type Update,
} from '@fedward/core';
import type { OwnRecord } from '../run/records.js';
import { receiveError } from './errors.js';
import { Frames } from './frames.js';
import type { SentData, ServiceName, SiteDone, SiteJob, SitesRecipe, Worked } from './messages.js';
import type { ThreadPool } from './pool.js';
import type { Services, ThreadMemory } from './thread.js';

/** What the main thread keeps for the sites: what must last, and what only it has. */
export interface ThreadTransportOptions {
  /** The same sites in this thread: for all that they are asked but answers. */
  readonly local: Transport;
  readonly pool: Pick<ThreadPool, 'run'>;
  readonly sites: SitesRecipe;
  /** A site's records, as they cross. */
  readonly dataOf: (id: string) => SentData;
  /** Ids of sites that have a ledger. */
  readonly hasLedger?: (id: string) => boolean;
  /** What a site asks of this thread while it answers. */
  readonly service?: (id: string, service: ServiceName, given: readonly unknown[]) => unknown;
  /** Where the sites' events go, before their answers are handed on. */
  readonly audit?: AuditSink | undefined;
  /** The same for a site with a log of its own, and what it keeps of the server's. */
  readonly ownOf?: (id: string) => OwnRecord | undefined;
  /** Digest of a site's data sheet, for the entries of its own log. */
  readonly sheetOf?: (id: string) => string | undefined;
  readonly onWork?: (work: Worked) => void;
}

/**
 * Sites that answer in worker threads: data, training, the change, mechanisms. What the cohort has in common crosses to
 * each thread once a round, in shared memory; an answer comes back without a copy. Charges, stores and the log stay in this
 * thread: a charge is written down before a site computes anything, and its events before its answer is handed on, so that
 * nothing is released that was not charged and logged.
 */
export function threadTransport(options: ThreadTransportOptions): Transport {
  const { local, pool, sites, dataOf, hasLedger, service, onWork } = options;
  const frames = new Frames(sites);
  const ids: ReadonlySet<string> = new Set(local.clients());
  let closed = false;

  const answer = async (id: string, task: Task, signal: AbortSignal): Promise<Update> => {
    if (closed) throw new FedwardError('CLIENT_UNKNOWN', 'the transport is closed', id);
    if (!ids.has(id)) throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${id}`, id);
    const frame = frames.of(task);
    const { taken } = task;
    const { log, audit, vouches } = ownLogOf(id, options);
    const cosignature = await log.witnessed(task).catch(async (error: unknown) => {
      if (isFedwardError(error)) await log.log(task, 'refusal', { code: error.code, reason: wordsOf(error) });
      throw error;
    });
    const dataSheet = options.sheetOf?.(id);
    const makeJob = (thread: ThreadMemory): SiteJob => {
      const isNew = thread.frame !== frame;
      thread.frame = frame;
      const ledger = hasLedger?.(id) ?? false;
      const own = { ledger, ...(vouches && { vouches }), ...(dataSheet !== undefined && { dataSheet }) };
      return { kind: 'site', clientId: id, data: dataOf(id), taken, ...own, ...(isNew && { frame }) };
    };
    const services: Services = (name, given) => service?.(id, name, given);
    const done = (await abortable(() => pool.run(id, makeJob, signal, { services }), signal)) as SiteDone;
    let answered: number | undefined;
    for (const event of done.events) {
      const receipt = await audit?.append(event);
      if (isAnswer(event)) answered = receipt?.index;
    }
    for (const work of done.work) onWork?.(work);
    if ('error' in done) throw receiveError(done.error);
    const vouched = await log.vouched(task, answered, cosignature);
    return { ...done.update, ...vouched, payload: { layout: done.layout ?? frame.layout, values: done.values } };
  };

  return {
    clients: () => local.clients(),
    client: (id): Client => ({ ...local.client(id), answer: (task, signal) => answer(id, task, signal) }),
    async close() {
      closed = true;
      await local.close();
    },
  };
}

/** What a site shows of its log, whose entries come from its thread: the log itself is here. */
function ownLogOf(
  clientId: string,
  { audit: common, ownOf }: Pick<ThreadTransportOptions, 'audit' | 'ownOf'>,
): { readonly log: OwnLog; readonly audit: AuditSink | undefined; readonly vouches: boolean } {
  const own = ownOf?.(clientId);
  const audit = own?.audit ?? common;
  const now = () => new Date().toISOString();
  const log = new OwnLog({ clientId, audit, shared: own === undefined, witness: own?.witness, now });
  return { log, audit, vouches: own !== undefined };
}

function isAnswer({ type }: AuditEvent): boolean {
  return type === 'training' || type === 'query';
}

import {
  abortable,
  FedwardError,
  type AuditSink,
  type Client,
  type Task,
  type Transport,
  type Update,
} from '@fedward/core';
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
  readonly onWork?: (work: Worked) => void;
}

/**
 * Sites that answer in worker threads: data, training, the change, mechanisms. What the cohort has in common crosses to
 * each thread once a round, in shared memory; an answer comes back without a copy. Charges, stores and the log stay in this
 * thread: a charge is written down before a site computes anything, and its events before its answer is handed on, so that
 * nothing is released that was not charged and logged.
 */
export function threadTransport(options: ThreadTransportOptions): Transport {
  const { local, pool, sites, dataOf, hasLedger, service, audit, onWork } = options;
  const frames = new Frames(sites);
  const ids: ReadonlySet<string> = new Set(local.clients());
  let closed = false;

  const answer = async (id: string, task: Task, signal: AbortSignal): Promise<Update> => {
    if (closed) throw new FedwardError('CLIENT_UNKNOWN', 'the transport is closed', id);
    if (!ids.has(id)) throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${id}`, id);
    const frame = frames.of(task);
    const { taken } = task;
    const makeJob = (thread: ThreadMemory): SiteJob => {
      const isNew = thread.frame !== frame;
      thread.frame = frame;
      const ledger = hasLedger?.(id) ?? false;
      return { kind: 'site', clientId: id, data: dataOf(id), ledger, taken, ...(isNew && { frame }) };
    };
    const services: Services = (name, given) => service?.(id, name, given);
    const done = (await abortable(() => pool.run(id, makeJob, signal, { services }), signal)) as SiteDone;
    for (const event of done.events) await audit?.append(event);
    for (const work of done.work) onWork?.(work);
    if ('error' in done) throw receiveError(done.error);
    return { ...done.update, payload: { layout: done.layout ?? frame.layout, values: done.values } };
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

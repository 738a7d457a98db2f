import type {
  AnswerKey,
  AnswerStore,
  AuditSink,
  Charge,
  ClientStateKey,
  ClientStore,
  SiteLedger,
  State,
  TrainingPlan,
  Transport,
} from '@fedward/core';
import type { OwnRecord } from '../run/records.js';
import type { Population } from '../scenario/scenario.js';
import type { TrainingWork } from '../wiring/training-work.js';
import type { ServiceName } from './messages.js';
import { ownData } from './elsewhere.js';
import type { ThreadPool } from './pool.js';
import { sendData } from './shared-data.js';
import { threadTransport } from './transport.js';

/** The hospitals of a population, in threads. */
export interface SitesInThreads {
  readonly pool: Pick<ThreadPool, 'run'>;
  /** True where whoever answers has the data already. */
  readonly dataThere?: boolean;
  readonly plan: TrainingPlan;
  /** True where the plan's aggregator has a half of its own at the sites. */
  readonly strategy: boolean;
  readonly seeded: boolean;
  readonly population: Population;
  readonly audit: AuditSink | undefined;
  /** Where sites have logs of their own. */
  readonly ownOf: (id: string) => OwnRecord | undefined;
  /** Digests of data sheets. */
  readonly sheetOf: (id: string) => string | undefined;
  readonly ledgerOf: (id: string) => SiteLedger | undefined;
  readonly store: ClientStore;
  readonly answers: AnswerStore;
  readonly work: TrainingWork;
}

/** @param local the same hospitals in this thread */
export function sitesInThreads(local: Transport, options: SitesInThreads): Transport {
  const { pool, plan, strategy, seeded, population, audit, ownOf, ledgerOf, store, answers, work } = options;
  const service = (id: string, name: ServiceName, given: readonly unknown[]): unknown => {
    const services: Record<ServiceName, (...given: never[]) => unknown> = {
      charge: (charge: Charge) => ledgerOf(id)?.charge(charge),
      load: (key: ClientStateKey, round: number) => store.load(key, round),
      save: (key: ClientStateKey, round: number, state: State) => store.save(key, round, state),
      forget: (key: ClientStateKey, before: number, but?: number) => store.forget(key, before, but),
      take: (answer: AnswerKey, limit: number) => answers.take(answer, limit),
      giveBack: (answer: AnswerKey) => answers.giveBack(answer),
    };
    return services[name](...(given as never[]));
  };
  return threadTransport({
    ...{ local, pool, audit, ownOf, service },
    sites: { plan: JSON.stringify(plan), strategy, seeded },
    dataOf: (id) => (options.dataThere ? ownData : sendData(population.hospital(id).train)),
    hasLedger: (id) => ledgerOf(id) !== undefined,
    sheetOf: options.sheetOf,
    onWork: ({ steps, began, seconds }) => work.add(steps, began, seconds),
  });
}

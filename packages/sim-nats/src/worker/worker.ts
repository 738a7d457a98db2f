import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { wordsOf } from '@fedward/core';
import { openWorkshop, type TeamPlugins } from '@fedward/sim-healthcare';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { HubAddress } from '../hub/address.js';
import { connectToHub } from '../hub/connect.js';
import { streams, subjects, timing } from '../hub/names.js';
import { ifThere, persist } from '../hub/persist.js';
import { decodeRecipe, encodeHere, type Here } from '../messages.js';
import { RunWork } from './run-work.js';

/** How a worker is set up. */
export interface WorkerOptions {
  readonly address: HubAddress;
  /** Number of clients that train at once, >= 1. */
  readonly parallel: number;
  readonly plugins?: readonly TeamPlugins[];
  readonly dataDir?: string | undefined;
  /** True for a worker that ends with the first run that it took part in. */
  readonly once?: boolean;
  readonly say: (words: string) => void;
  /** Every so often: what was done, in words. */
  readonly progress?: (words: string) => void;
  /** Ends it: what was begun is done first. */
  readonly signal: AbortSignal;
}

/** What a worker has done, when it ends. */
export interface WorkerSummary {
  readonly id: string;
  readonly runs: number;
  readonly jobs: number;
  readonly clients: number;
}

/** A run that this worker takes part in, or not. */
interface Member {
  readonly runId: string;
  /** Undefined where it takes no part. */
  readonly work: RunWork | undefined;
  readonly here: Here;
  /** How often in a row the hub did not know of it. */
  missed: number;
}

/** A hub that lost its disk knows of no run until that says that it is there. */
const missedMost = 10;

/**
 * Trains clients of the simulations that a hub knows, of any that come, until it is told to stop.
 * @throws {FedwardError} as `connectToHub`
 */
export async function work(options: WorkerOptions): Promise<WorkerSummary> {
  const { address, say, signal } = options;
  const connection = await connectToHub(address, say, signal);
  const worker = new Worker(connection, options);
  try {
    const jsm = await persist(
      () => jetstreamManager(connection, { checkAPI: false, timeout: timing.requestMs }),
      signal,
    );
    say(`worker ${worker.id} waits for a simulation at ${address.url}`);
    await worker.serve(jsm);
  } finally {
    await worker.end();
    await connection.drain();
  }
  return worker.summary;
}

class Worker {
  readonly id = `${hostname().slice(0, 60)}-${process.pid}-${randomBytes(2).toString('hex')}`;
  readonly #members = new Map<string, Member>();
  readonly #summary = { runs: 0, jobs: 0, clients: 0 };
  #toldAt = performance.now();

  constructor(
    private readonly connection: NatsConnection,
    private readonly options: WorkerOptions,
  ) {}

  get summary(): WorkerSummary {
    return { id: this.id, ...this.#summary };
  }

  async serve(jsm: JetStreamManager): Promise<void> {
    const { signal, once } = this.options;
    const ended = new Set<string>();
    this.connection.subscribe(subjects.end('*'), {
      callback: (error, { subject }) => {
        if (!error) ended.add(subject.slice(subjects.end('').length));
      },
    });
    while (!signal.aborted && !(once && this.#summary.runs > 0)) {
      const known = await this.#sessions(jsm).catch(() => undefined); // a hub that is away says nothing
      for (const [session, member] of this.#members) {
        member.missed = !known || known.has(session) ? 0 : member.missed + 1;
        if (ended.has(session) || member.missed > missedMost) await this.#leave(session, member);
      }
      for (const session of known ?? [])
        if (!this.#members.has(session) && !ended.has(session)) await this.#join(jsm, session);
      for (const [session, { here }] of this.#members)
        this.connection.publish(subjects.here(session), encodeHere(here));
      this.#tell();
      await sleep(timing.hereMs / 2, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What was begun is done, unless the hub is away. */
  async end(): Promise<void> {
    for (const [session, { work }] of this.#members) {
      await work?.drain();
      await this.#leave(session, this.#members.get(session)!);
    }
  }

  async #sessions(jsm: JetStreamManager): Promise<ReadonlySet<string>> {
    const info = await ifThere(jsm.streams.info(streams.runs, { subjects_filter: subjects.runs }));
    const before = subjects.run('').length;
    return new Set(Object.keys(info?.state.subjects ?? {}).map((subject) => subject.slice(before)));
  }

  async #join(jsm: JetStreamManager, session: string): Promise<void> {
    const { parallel, plugins, dataDir, say } = this.options;
    const last_by_subj = subjects.run(session);
    const told = await ifThere(jsm.direct.getMessage(streams.runs, { last_by_subj })).catch(() => undefined);
    if (!told) return; // the next time
    const { id: worker, connection } = this;
    let runId = session;
    try {
      const { run, trainer } = decodeRecipe(told.data);
      runId = run.runId;
      say(`run ${runId}: ${run.simulation.scenario}, ${run.plan.rounds} rounds`);
      const workshop = await openWorkshop(run, { parallel, plugins, dataDir, trainer });
      const work = new RunWork({ connection, jsm, session, workshop, worker, parallel });
      this.#members.set(session, { runId, work, here: { id: worker, parallel }, missed: 0 });
    } catch (error) {
      const refuses = wordsOf(error).slice(0, 2000);
      say(`run ${runId}: refused: ${refuses}`);
      this.#members.set(session, { runId, work: undefined, here: { id: worker, parallel, refuses }, missed: 0 });
    }
  }

  async #leave(session: string, { runId, work }: Member): Promise<void> {
    this.#members.delete(session);
    if (!work) return;
    await work.leave();
    const { tally } = work;
    this.#summary.runs++;
    this.#summary.jobs += tally.jobs;
    this.#summary.clients += tally.clients;
    this.options.say(`run ${runId} is over here: ${tally.total()}`);
  }

  #tell(): void {
    if (performance.now() - this.#toldAt < tellMs) return;
    this.#toldAt = performance.now();
    for (const { runId, work } of this.#members.values())
      if (work) this.options.progress?.(`run ${runId}: ${work.tally.tell()}`);
  }
}

const tellMs = 5000;

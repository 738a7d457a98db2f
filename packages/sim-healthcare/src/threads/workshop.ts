import { FedwardError, type Task } from '@fedward/core';
import { sharedPopulation } from '../run/checked-run.js';
import { reloadRun } from '../run/planned-run.js';
import type { PlannedRun } from '../run/run-folder.js';
import type { TeamPlugins } from '../plugins/team.js';
import { makeTrainer } from '../wiring/trainers.js';
import { pluginsOf } from '../wiring/plugins.js';
import { arrived, Frames } from './frames.js';
import type { Frame, SiteDone, SiteJob } from './messages.js';
import { ThreadPool } from './pool.js';
import { sendData } from './shared-data.js';
import type { JobContext } from './serve.js';
import { SitesHere } from './site-jobs.js';
import type { Services, ThreadMemory } from './thread.js';

/** What a site is to answer, less its data, which are here. */
export interface OrderedAnswer extends Pick<SiteJob, 'clientId' | 'ledger' | 'vouches' | 'dataSheet' | 'taken'> {
  readonly frame: Frame;
}

/** Answers for the sites of one run, whose log, ledgers and stores are in another process. */
export interface Workshop {
  /** What a round's tasks have in common, ready for `answer`. */
  frameOf(task: Task): Frame;
  /** @param services what the site asks of the run's own process */
  answer(ordered: OrderedAnswer, services: Services, signal: AbortSignal): Promise<SiteDone>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** How a workshop is furnished. */
export interface WorkshopOptions {
  /** Number of clients that train at once, each in a thread of its own, >= 1. */
  readonly parallel: number;
  readonly plugins?: readonly TeamPlugins[] | undefined;
  /** Where the data sets are here. */
  readonly dataDir?: string | undefined;
  /** What the run's own trainer calls itself: another machine may have another back end. */
  readonly trainer?: string | undefined;
}

/**
 * The population of a run, made or loaded here, with threads that train its sites.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming all that is other here: software, plugins, data
 */
export async function openWorkshop(planned: PlannedRun, options: WorkshopOptions): Promise<Workshop> {
  const { plan } = planned;
  const run = atHome(planned, options.dataDir);
  const { population: loaded, installed } = await reloadRun(run, options.plugins, 'the worker');
  const { trainer, strategy } = await pluginsOf(plan, installed);
  await assertSameTrainer(options.trainer, await trainer.describe());
  const population = sharedPopulation(loaded);
  const known: ReadonlySet<string> | undefined = population.tabulated ? new Set(population.ids) : undefined;
  const source = installed.trainerSource(plan.training.trainer);
  if (!source) throw new FedwardError('CONFIG_INCOMPATIBLE', 'the trainer of this run is in no module', 'trainer');
  const pool = ThreadPool.available()
    ? new ThreadPool({ workers: options.parallel, trainer: source })
    : inThisThread(new SitesHere(makeTrainer(source)));
  const frames = new Frames({ plan: JSON.stringify(plan), strategy: strategy !== undefined, seeded: true });
  return {
    frameOf: (task) => frames.of(task),
    async answer({ frame, ...ordered }, services, signal) {
      const { clientId } = ordered;
      if (known && !known.has(clientId))
        throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${clientId}`, clientId);
      const data = sendData(population.hospital(clientId).train);
      const makeJob = (thread: ThreadMemory): SiteJob => {
        const isNew = thread.frame !== frame;
        thread.frame = frame;
        return { kind: 'site', ...ordered, data, ...(isNew && { frame }) };
      };
      return (await pool.run(clientId, makeJob, signal, { services })) as SiteDone;
    },
    close: () => pool.close(),
  };
}

/** The same run with its data where they are here, and without what only its own process needs. */
function atHome({ runId, plan, simulation, inputs }: PlannedRun, dataDir: string | undefined): PlannedRun {
  const { initial: _weights, ...rest } = simulation;
  const { initial: _digest, ...same } = inputs;
  return { runId, plan, inputs: same, simulation: { ...rest, ...(dataDir !== undefined && { dataDir }) } };
}

async function assertSameTrainer(there: string | undefined, here: string): Promise<void> {
  if (there === undefined || there === here) return;
  const message = `the run trains with ${there}, this worker would with ${here}, which rounds otherwise`;
  throw new FedwardError('CONFIG_INCOMPATIBLE', message, 'trainer');
}

/** Where there is no file that a thread could run, as in a build that left it out. */
function inThisThread(sites: SitesHere): Pick<ThreadPool, 'run' | 'close'> {
  const memory: ThreadMemory = {};
  let newest: Frame | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(_, makeJob, signal, { services } = {}) {
      const next = last.then(async () => {
        const job = makeJob(memory) as SiteJob;
        if (job.frame) newest = arrived(job.frame);
        const ask: JobContext['ask'] = async (name, ...given) => services?.(name, given);
        return (await sites.answer(job, newest!, { ask, signal })).result;
      });
      last = next.catch(() => undefined);
      return next;
    },
    close: () => Promise.resolve(),
  };
}

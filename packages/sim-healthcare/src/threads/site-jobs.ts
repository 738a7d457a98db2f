import {
  sameLayout,
  secretRandomness,
  simulatedRandomness,
  siteFactory,
  type AccountableLog,
  type AuditEvent,
  type AuditSink,
  type Client,
  type LocalTrainer,
  type OwnSiteOptions,
  type State,
  type Task,
  type TrainingPlan,
} from '@fedward/core';
import { clock } from '../wiring/training-work.js';
import { sendError } from './errors.js';
import type { Frame, SiteDone, SiteJob, SitesRecipe, Worked } from './messages.js';
import type { JobContext, JobResult } from './serve.js';
import { receiveData } from './shared-data.js';

/** What the job that is under way is told by its site. */
interface Desk {
  ask: JobContext['ask'];
  events: AuditEvent[];
  work: Worked[];
}

/** Makes the sites of a run in this thread. */
type SiteMaker = (own: OwnSiteOptions) => Client;

/** The sites of one thread, of one run after the other. */
export class SitesHere {
  readonly #desk: Desk = { ask: () => Promise.reject(new Error('no job is under way')), events: [], work: [] };
  #made: { readonly recipe: SitesRecipe; readonly maker: Promise<SiteMaker> } | undefined;

  constructor(private readonly trainer: Promise<LocalTrainer>) {}

  /** One answer. What the site fails with is a result too, with what it wrote into its log before. */
  async answer(job: SiteJob, frame: Frame, { ask, signal }: JobContext): Promise<JobResult> {
    const desk = Object.assign(this.#desk, { ask, events: [], work: [] });
    const written = (): Pick<SiteDone, 'events' | 'work'> => ({ events: desk.events, work: desk.work });
    try {
      const make = await this.#makerOf(frame.sites);
      const { clientId, data, ledger, vouches, dataSheet, taken } = job;
      const site = make({
        id: clientId,
        data: await receiveData(data),
        ...(ledger && { ledger: { charge: async (charge) => void (await ask('charge', charge)) } }),
        ...(dataSheet !== undefined && { dataSheet }),
        ...(vouches && { audit: vouching(desk) }),
      });
      return await answerOf(site, frame, taken, signal, written);
    } catch (error) {
      const result: SiteDone = { ...written(), error: sendError(error) };
      return { result, transfer: [] };
    }
  }

  #makerOf(recipe: SitesRecipe): Promise<SiteMaker> {
    const { plan, strategy, seeded } = recipe;
    const made = this.#made?.recipe;
    if (made?.plan !== plan || made.strategy !== strategy || made.seeded !== seeded)
      this.#made = { recipe, maker: this.#makerAnew(recipe) };
    return this.#made!.maker;
  }

  async #makerAnew({ plan: json, strategy, seeded }: SitesRecipe): Promise<SiteMaker> {
    const plan = JSON.parse(json) as TrainingPlan;
    const desk = this.#desk;
    // Only where they are needed: to load plugins takes longer than to answer a small round.
    const halves = strategy || plan.privacy || plan.compression ? await import('./site-halves.js') : undefined;
    return siteFactory({
      plan,
      trainer: observed(await this.trainer, (work) => desk.work.push(work)),
      ...(await halves?.siteHalvesOf(plan, strategy)),
      randomness: seeded ? simulatedRandomness(plan.seed) : secretRandomness(),
      audit: collecting(desk),
      sharesLog: true,
      store: {
        load: async (...given) => (await desk.ask('load', ...given)) as State | undefined,
        save: async (...given) => void (await desk.ask('save', ...given)),
        forget: async (...given) => void (await desk.ask('forget', ...given)),
      },
      answers: {
        take: async (...given) => (await desk.ask('take', ...given)) as boolean,
        giveBack: async (...given) => void (await desk.ask('giveBack', ...given)),
      },
    });
  }
}

/** Where events wait: they are written once the answer is there, and before it is handed on, by the main thread. */
function collecting(desk: Desk): AuditSink {
  return {
    append: async (event) => ({ index: desk.events.push(event) - 1, root: '' }),
    close: async () => undefined,
  };
}

/** The same in the place of a log that answers for itself: what it would show, the main thread adds. */
function vouching(desk: Desk): AccountableLog {
  return {
    ...collecting(desk),
    verifierKey: '',
    head: async () => ({ index: desk.events.length - 1, root: '' }),
    prove: async () => ({ entry: '', proof: '' }),
  };
}

/** What a client answers, ready to cross. */
export async function answerOf(
  client: Pick<Client, 'answer'>,
  frame: Frame,
  taken: Task['taken'],
  signal: AbortSignal,
  written: () => Pick<SiteDone, 'events' | 'work'>,
): Promise<JobResult> {
  const { payload, ...update } = await client.answer(taskOf(frame, taken), signal);
  // A copy goes: the site may keep what it gave.
  const values = payload.values.slice();
  const layout = sameLayout(payload.layout, frame.layout) ? {} : { layout: payload.layout };
  const result: SiteDone = { ...written(), update, values, ...layout };
  return { result, transfer: [values.buffer] };
}

/** A site's own copy of its task. */
function taskOf({ task, layout, sent }: Frame, taken: Task['taken']): Task {
  const { cohort, ...rest } = task;
  return { ...structuredClone(rest), cohort, payload: { layout, values: sent.slice() }, taken };
}

function observed(trainer: LocalTrainer, onWork: (work: Worked) => void): LocalTrainer {
  return {
    ...trainer,
    async train(payload, data, context, signal) {
      const began = clock();
      const trained = await trainer.train(payload, data, context, signal);
      onWork({ steps: trained.steps, began, seconds: clock() - began });
      return trained;
    },
  };
}

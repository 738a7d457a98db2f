import { assertFederation, FedwardError, layoutOf, type Federation } from '@fedward/core';
import { readJson } from '@fedward/kit-files';
import { firstWeights } from '@fedward/sim-healthcare';
import type { Study } from '@fedward/transport-nats';
import { trainingPlanOf } from './federation.js';
import { clearIncoming, incomingPath } from './incoming.js';
import type { StudyParts } from './parts.js';
import type { StudyResult } from './study-result.js';
import { StudyRunner } from './runner.js';
import { isOver } from './state.js';
import { readStart, studyPaths, writeProposed, type StudyPaths } from './study-folder.js';
import type { MemberStanding, StudyEvent, StudyRecord } from './study-store.js';

/** Of a study's events so many are told at a time: one of a year has tens of thousands. */
export const eventsAtATime = 500;

/** A study as a status shows it. */
export interface StudyStatus extends StudyRecord {
  readonly standings: readonly MemberStanding[];
  /** Members that are connected now. */
  readonly present: readonly string[];
  /** Those that are at work for it, and at which round. */
  readonly atWork: readonly { readonly site: string; readonly round: number | null }[];
  /** Rounds that have ended. */
  readonly roundsDone: number;
  /** From number `from` on, as many as are told at a time (`eventsAtATime`); without it the newest. */
  readonly events: readonly StudyEvent[];
}

/** All studies of a deployment: each is brought to its end by a runner of its own, several at once. */
export class Studies {
  readonly #runners = new Map<string, StudyRunner>();

  constructor(private readonly parts: StudyParts) {}

  /** Goes on with all that are not over, from where each stands. */
  async begin(): Promise<void> {
    await clearIncoming(this.parts.folder);
    for (const { study } of await this.parts.store.list()) this.#begin(study.id);
  }

  /**
   * Takes a study in, once all that can be known of it is found right: its members are members here, its plugins are
   * installed and fit each other, it starts from the weights that it says.
   * @param weights name that `putIncoming` gave those to start from, where `study.initial` has their digest: the study takes the file
   * @throws {FedwardError} of the family `configuration`, naming what is wrong; nothing is kept then
   */
  async propose(study: Study, weights?: string): Promise<void> {
    const { store, folder, software, members } = this.parts;
    const strangers = study.members.filter((id) => members.verifierKeyOf(id) === undefined);
    if (strangers.length > 0) {
      const there = members.ids().join(', ') || 'nobody';
      const message = `${strangers.join(', ')}: no member here (${there}): invite and approve them first`;
      throw new FedwardError('CONFIG_INVALID', message, 'members');
    }
    if (new Set(study.members).size < study.members.length)
      throw new FedwardError('CONFIG_INVALID', `study ${study.id} names a member twice`, 'members');
    if ((study.initial === null) !== (weights === undefined))
      throw new FedwardError('CONFIG_INVALID', 'weights to start from and their digest go together', 'initial');
    const paths = studyPaths(folder, study.id);
    const brought = weights === undefined ? undefined : incomingPath(folder, weights);
    await this.#assertWhole(study, paths, brought);
    const known = (await store.list()).find(({ study: { id } }) => id.toLowerCase() === study.id.toLowerCase());
    if (known)
      throw new FedwardError('CONFIG_INVALID', `there is a study ${known.study.id} already: take another id`, study.id);
    // Before the store knows of it: a crash in between leaves a folder that the same proposal writes anew.
    await writeProposed(paths, study, brought);
    await store.add(study, software);
    this.#begin(study.id);
  }

  async list(): Promise<readonly StudyRecord[]> {
    return this.parts.store.list();
  }

  /** @param from number of the first event that is wanted; undefined: the newest */
  async status(id: string, from?: number): Promise<StudyStatus> {
    const { store, presence } = this.parts;
    const record = await store.get(id);
    const present = record.study.members.filter((member) => presence.of(member).present);
    const atWork = record.study.members.flatMap((site) => {
      const { busyWith } = presence.of(site);
      return busyWith?.runId === id ? [{ site, round: busyWith.round ?? null }] : [];
    });
    return {
      ...record,
      present,
      atWork,
      standings: await store.standings(record.study),
      roundsDone: await store.roundsTold(id),
      events: await store.events(id, from ?? Math.max(0, (await store.nextEvent(id)) - eventsAtATime), eventsAtATime),
    };
  }

  async start(id: string, quorumIsEnough = false): Promise<void> {
    await (await this.#runner(id)).start(quorumIsEnough);
  }

  async pause(id: string): Promise<void> {
    await (await this.#runner(id)).pause();
  }

  async resume(id: string): Promise<void> {
    await (await this.#runner(id)).resume();
  }

  async stop(id: string, reason: string): Promise<void> {
    await (await this.#runner(id)).stop(reason);
  }

  /** @throws {FedwardError} CONFIG_INVALID for a study that is not done */
  async result(id: string): Promise<StudyResult> {
    const { state, why } = await this.parts.store.get(id);
    if (state !== 'done')
      throw new FedwardError('CONFIG_INVALID', `study ${id} has no result: it is ${state}${why && ` (${why})`}`, id);
    return (await readJson(studyPaths(this.parts.folder, id).result)).json as StudyResult;
  }

  /** Lets go of all studies as they stand. */
  async close(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
    this.#runners.clear();
  }

  #begin(id: string): void {
    const runner = new StudyRunner(id, this.parts);
    this.#runners.set(id, runner);
    runner.begin();
  }

  async #runner(id: string): Promise<StudyRunner> {
    const { state } = await this.parts.store.get(id);
    const runner = this.#runners.get(id);
    if (runner && !isOver(state)) return runner;
    throw new FedwardError('CONFIG_INVALID', `study ${id} is ${state}: it is over`, id);
  }

  /** @throws {FedwardError} as `assertFederation`, `pluginsOf`, `readStart` and `firstWeights` */
  async #assertWhole(study: Study, paths: StudyPaths, brought: string | undefined): Promise<void> {
    const plan = trainingPlanOf(study);
    const start = await readStart(paths, study, layoutOf(plan.model), brought);
    const plugins = await this.parts.pluginsOf(plan);
    const { accountant, collector, compression, aggregator, mechanisms } = plugins;
    const nobody = {
      clients: () => study.members,
      client: () => {
        throw new Error('nobody is asked yet');
      },
      close: async () => undefined,
    };
    const federation: Federation = {
      ...{ runId: study.id, plan, transport: nobody, aggregator, mechanisms },
      // A graph may say nothing of how else it starts.
      initial: start ?? firstWeights(plan, undefined).parameters,
      ...(accountant && { accountant }),
      ...(collector && { collector }),
      ...(compression && { compression }),
    };
    assertFederation(federation);
  }
}

import { FedwardError, runFederation, wordsOf, type JsonObject, type RoundReport } from '@fedward/core';
import type { Study } from '@fedward/transport-nats';
import { Alarm } from './alarm.js';
import { Approvals } from './approvals.js';
import { attentive, type AttentiveTransport } from './attentive.js';
import { verdictOn } from './failure.js';
import { openRun } from './federation.js';
import type { StudyParts, StudyTransport } from './parts.js';
import { Refusals } from './refusals.js';
import { resultOf, writeResult } from './result.js';
import { sealStudy } from './seal.js';
import { assertSameStudy } from './software.js';
import { isOver, type StudyState } from './state.js';
import { readProposed, studyPaths } from './study-folder.js';
import type { StudyRecord } from './study-store.js';

/** Thrown where a round has ended after which a person wants a pause. */
const pauseWanted = 'STUDY_PAUSED';

/**
 * Brings one study to its end: asks for approvals, waits for who is missing, runs the rounds, and goes on after whatever
 * happens on the way. All that it must remember is in the store and in the study's folder: it can die at any point, and
 * another goes on.
 */
export class StudyRunner {
  readonly #alarm = new Alarm();
  readonly #closed = new AbortController();
  /** Ends what is under way, and not the runner. */
  #attempt = new AbortController();
  #paused = false;
  #failures = 0;
  #refusals: Refusals | undefined;
  readonly #began = performance.now();
  #living: Promise<void> | undefined;
  /** To the hospitals, while it looks at the study. */
  #link: StudyTransport | undefined;
  #round: number | undefined;
  /** Where it last put the study: nobody else moves it. */
  #stands = '';

  constructor(
    readonly id: string,
    private readonly parts: StudyParts,
  ) {}

  /** The newest round that is done, as far as this process has seen one. */
  get round(): number | undefined {
    return this.#round;
  }

  /** Begins, or goes on. */
  begin(): void {
    this.#living ??= this.#live();
  }

  /** @throws {FedwardError} CONFIG_INVALID where it was started already, and nothing follows from starting it so */
  async start(quorumIsEnough: boolean): Promise<void> {
    const { state, quorumIsEnough: known } = await this.parts.store.get(this.id);
    // One that waits for all may be content with the quorum later on.
    if (state !== 'proposed' && !(state === 'waiting' && quorumIsEnough && !known))
      throw new FedwardError('CONFIG_INVALID', `study ${this.id} is ${state}: it was started already`, this.id);
    await this.#to('waiting', quorumIsEnough ? 'it was started, the quorum is enough' : 'it was started', {
      quorumIsEnough,
    });
    this.#alarm.ring();
  }

  /** After the round that is under way, or at once where there is none. */
  async pause(): Promise<void> {
    await this.#to('paused', 'by a person; a round that is under way comes to its end first');
    this.#paused = true;
    this.#alarm.ring();
  }

  async resume(): Promise<void> {
    const { state } = await this.parts.store.get(this.id);
    if (state !== 'paused')
      throw new FedwardError('CONFIG_INVALID', `study ${this.id} is ${state}: only a paused one is resumed`, this.id);
    this.#paused = false;
    this.#failures = 0;
    this.#refusals?.forget();
    await this.#to('waiting', 'it was resumed');
    this.#alarm.ring();
  }

  /** For good, and at once: what a round under way has not released is not released. */
  async stop(reason: string): Promise<void> {
    await this.#to('stopped', reason);
    this.#attempt.abort();
    this.#alarm.ring();
  }

  /** Lets go of it as it stands: whoever begins next goes on with it. */
  async close(): Promise<void> {
    this.#closed.abort();
    // Before anything is aborted, which would stop what hospitals train: they go on, and whoever begins next finds their answers.
    const released = this.#link?.close();
    this.#attempt.abort();
    this.#alarm.ring();
    await Promise.all([released, this.#living]);
  }

  async #live(): Promise<void> {
    while (!this.#isClosed()) {
      try {
        if (await this.#step()) return;
      } catch (error) {
        if (this.#isClosed()) return;
        await this.#failed(error);
      }
    }
  }

  /** One look at the study, and what follows from it. @returns whether it is over */
  async #step(): Promise<boolean> {
    const { store, transports } = this.parts;
    const record = await store.get(this.id);
    if (isOver(record.state)) {
      await this.#tellEnd(record);
      return true;
    }
    if (record.state === 'paused') {
      await this.#alarm.wait(Infinity);
      return false;
    }
    if (record.state !== 'proposed') await this.#assertSame(record);
    const link = (this.#link = await transports.open(record.study));
    try {
      const approvals = new Approvals(record.study, this.parts);
      await approvals.recall();
      await this.#advance(record, link, approvals);
    } finally {
      await link.close();
    }
    return false;
  }

  /** Until the study stands otherwise, is done, or something fails. */
  async #advance(record: StudyRecord, link: StudyTransport, approvals: Approvals): Promise<void> {
    const attempt = (this.#attempt = new AbortController());
    if (this.#isClosed()) return;
    const { askEvery = 3 } = this.parts.settings;
    const watching = approvals.watch(link, askEvery, attempt.signal, () => this.#alarm.ring());
    try {
      if (await this.#approved(record, approvals)) await this.#run(record, link, approvals, attempt.signal);
    } finally {
      attempt.abort();
      await watching;
    }
  }

  /** Waits for approvals. @returns false where the study came to stand otherwise meanwhile */
  async #approved({ study, quorumIsEnough, state }: StudyRecord, approvals: Approvals): Promise<boolean> {
    let needed = quorumIsEnough ? study.plan.quorum : study.members.length;
    const proposed = state === 'proposed';
    while (proposed || approvals.approving.length < needed) {
      if (!proposed)
        await this.#to('waiting', `for approvals, ${approvals.approving.length} of ${needed}: ${approvals.missing}`);
      await this.#alarm.wait(10);
      const { state: now, quorumIsEnough: enough } = await this.parts.store.get(this.id);
      if (enough) needed = study.plan.quorum;
      if (this.#isClosed() || now !== (proposed ? 'proposed' : 'waiting')) return false;
    }
    return true;
  }

  async #run(record: StudyRecord, link: StudyTransport, approvals: Approvals, signal: AbortSignal): Promise<void> {
    const { study } = record;
    const { store, folder, presence, settings, watch } = this.parts;
    const paths = studyPaths(folder, study.id);
    const refusals = (this.#refusals ??= new Refusals(study.members, study.plan.quorum));
    const transport = attentive(link, presence, {
      runId: study.id,
      approved: (id) => approvals.approved(id),
      onRound: (round) => watch?.roundStarted(study.id, round),
      onRefused: (id, error) => void approvals.withdrawn(id, wordsOf(error)).catch(() => undefined),
      onAnswer: (id, error) => refusals.note(id, error),
      ...(settings.graceSeconds !== undefined && { graceSeconds: settings.graceSeconds }),
    });
    await this.#enough(record, transport, signal);
    const onRound = async (report: RoundReport): Promise<void> => {
      this.#failures = 0;
      this.#round = report.round;
      transport.roundsOver();
      watch?.roundEnded(study.id, report);
      await store.tell(study.id, 'round', toldOf(report));
      if (this.#paused) throw new FedwardError(pauseWanted, 'a person has paused the study', study.id);
      if (report.round + 1 === study.plan.rounds) return;
      if (refusals.tooMany !== undefined) throw new FedwardError('QUORUM_NOT_MET', refusals.tooMany, 'quorum');
      await this.#enough(record, transport, signal);
    };
    const run = await openRun(study, paths, transport, this.parts, { onRound, signal });
    try {
      const came = await runFederation(run.federation);
      await writeResult(paths, resultOf(record, await store.standings(study), came), came);
      await sealStudy(paths, study.id, run.audit);
    } finally {
      watch?.roundsOver(study.id);
      await run.close();
    }
    await this.#to('done', `${study.plan.rounds} rounds`);
  }

  /**
   * Waits until enough members are there for a round to have its quorum: a round that could not have it would cost privacy,
   * and give nothing. Those that are left out for having kept rounds waiting are asked where it can't do without them.
   */
  async #enough({ study }: StudyRecord, transport: AttentiveTransport, signal: AbortSignal): Promise<void> {
    const { quorum } = study.plan;
    let told: string | undefined;
    while (!signal.aborted) {
      if (this.#someMayBeHeard(study, transport)) {
        await this.#alarm.wait(0.2);
        continue;
      }
      if (transport.available().length < quorum) transport.forgive();
      const there = transport.available();
      if (there.length >= quorum) {
        if (!this.#paused) await this.#to('running', '');
        return;
      }
      const why = study.members.flatMap((id) => transport.whyNot(id) ?? []).join('; ');
      // Once for each change of who is there: how long the others are away grows each second, and would fill the store.
      if (told !== there.join()) await this.#to('waiting', `for hospitals, ${there.length} of ${quorum} can be asked: ${why}`); // prettier-ignore
      told = there.join();
      await this.#alarm.wait(1);
      if (this.#paused) throw new FedwardError(pauseWanted, 'a person has paused the study', study.id);
    }
  }

  /**
   * Whether some have not been heard since this process began, and may be there all the same: a restart would else leave them
   * out of its first round.
   */
  #someMayBeHeard({ members }: Study, transport: AttentiveTransport): boolean {
    const { presence, settings } = this.parts;
    const { settleSeconds = 12 } = settings;
    if (performance.now() - this.#began > settleSeconds * 1000 || this.#paused) return false;
    return members.some((id) => presence.of(id).heardSecondsAgo === Infinity && transport.whyNot(id) !== undefined);
  }

  async #assertSame(record: StudyRecord): Promise<void> {
    const kept = await readProposed(studyPaths(this.parts.folder, this.id));
    assertSameStudy(record, { study: kept }, this.parts.software);
  }

  /** @throws what the store throws; then it is tried again */
  async #failed(error: unknown): Promise<void> {
    const { store, settings, say } = this.parts;
    try {
      const { state, study } = await store.get(this.id);
      if (isOver(state) || state === 'paused') return; // what ended was meant to
      const { state: to, why } = verdictOn(error, {
        roundsAreOver: (this.#round ?? -1) + 1 >= study.plan.rounds,
        ...(this.#refusals?.tooMany !== undefined && { refused: this.#refusals.tooMany }),
      });
      if (state !== 'proposed') await this.#to(to, to === 'waiting' ? `to try again: ${why}` : why);
      say('warn', why, { study: this.id, state: to });
      if (state !== 'proposed' && to !== 'waiting') return;
    } catch (failure) {
      say('warn', wordsOf(failure), { study: this.id }); // the store itself: it is tried again as well
    }
    const [first, most] = settings.backoff ?? [1, 60];
    await this.#alarm.wait(Math.min(most, first * 2 ** this.#failures));
    this.#failures++;
  }

  /** Once, to each that can be reached: hospitals then let go of what they keep for questions that come again. */
  async #tellEnd({ study, state, why }: StudyRecord): Promise<void> {
    if (state !== 'done' && state !== 'stopped' && state !== 'failed') return;
    const events = await this.parts.store.events(this.id);
    if (events.at(-1)?.kind === 'told-end') return;
    const link = await this.parts.transports.open(study);
    try {
      const notice = { kind: 'ended', runId: this.id, how: state, words: why } as const;
      const signal = AbortSignal.any([AbortSignal.timeout(10_000), this.#closed.signal]);
      const told = await Promise.allSettled(study.members.map((id) => link.ended(id, notice, signal)));
      const reached = study.members.filter((_, i) => told[i]!.status === 'fulfilled');
      await this.parts.store.tell(this.id, 'told-end', { reached });
    } finally {
      await link.close();
    }
  }

  async #to(state: StudyState, why: string, changes: { quorumIsEnough?: boolean } = {}): Promise<void> {
    const stands = JSON.stringify([state, why, changes]);
    if (stands === this.#stands) return; // each round says that it runs
    const isNew = await this.parts.store.move(this.id, state, why, changes);
    this.#stands = stands;
    if (isNew) this.parts.say('info', `study ${this.id}: ${state}`, { study: this.id, why });
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }
}

/** Of a round's report what a status shows. */
function toldOf({
  round,
  participants,
  dropped,
  leftOut,
  epsilon,
  trainLoss,
  metrics,
  failure,
  siteScores,
}: RoundReport): JsonObject {
  return {
    ...{ round, participants, epsilon, trainLoss, metrics },
    dropped: dropped.map(({ id, code, reason }) => ({ id, code, reason })),
    leftOut: leftOut.map(({ id, reason }) => ({ id, reason })),
    ...(failure && { failure: { ...failure } }),
    ...(siteScores && { siteScores: siteScores.metrics }),
  };
}

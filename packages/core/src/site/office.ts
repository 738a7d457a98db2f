import { cut, FedwardError, hasCode, isFedwardError } from '../base/errors.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { AuditEventType, AuditReceipt } from '../interfaces/audit.js';
import type { Task } from '../interfaces/messages.js';
import type { SiteCallContext, SiteContext } from '../interfaces/privacy.js';
import type { ClientStateKey } from '../interfaces/stores.js';
import type { Protection } from '../privacy/protection.js';
import { admissionOf, type Admission, type Release } from './admission.js';
import { assertApproved, assertTask, type Approved } from './gate.js';
import type { RoundMemory } from './kept.js';
import type { OwnSiteOptions, SharedSiteOptions } from './options.js';
import { placeOf, type Place } from './place.js';
import type { Streams } from './promises.js';
import { OwnLog } from './own-log.js';
import { assertStart } from './start.js';
import type { Work } from './work.js';

/** What sites of one plan share, once it is checked. */
export type Common = SharedSiteOptions &
  Required<Pick<SharedSiteOptions, 'mechanisms' | 'store' | 'answers' | 'randomness' | 'now'>> & {
    readonly protection: Protection;
    readonly work: Work;
    /** Hash of the plan. */
    readonly approved: string;
    readonly kept: RoundMemory;
  };

/** What all that a site is asked goes through: its gate, its log, its admission, and what it remembers. */
export class Office {
  readonly id: string;
  readonly admission: Admission;
  /** True where what leaves is protected by noise that nobody can foretell, and so is not computed twice. */
  readonly secret: boolean;
  readonly ownLog: OwnLog;
  readonly #terms: Approved;

  constructor(
    readonly common: Common,
    readonly own: OwnSiteOptions,
  ) {
    const { plan, approved, protection, randomness, answers } = common;
    this.id = own.id;
    this.ownLog = ownLogOf(common, own);
    this.#terms = { clientId: own.id, planHash: approved, rounds: plan.rounds };
    const whose = { plan, planHash: approved, clientId: own.id };
    this.admission = admissionOf(whose, protection, randomness.simulationOnly, own.ledger, answers);
    this.secret = protection.adjacency !== undefined && !randomness.simulationOnly;
  }

  log(place: Place, type: AuditEventType, details: JsonObject): Promise<AuditReceipt | undefined> {
    return this.ownLog.log(place, type, details);
  }

  /** Passes what a gate lets through; what it refuses is in the site's log, with the reason. */
  async gated<T>(task: Pick<Task, 'runId' | 'round'>, gate: () => T | Promise<T>): Promise<T> {
    try {
      return await gate();
    } catch (error) {
      if (isFedwardError(error)) {
        const { code, message } = error;
        await this.log(placeOf(task), 'refusal', { code, reason: cut(message) });
      }
      throw error;
    }
  }

  /** @throws {FedwardError} PLAN_NOT_APPROVED for another plan, or a round that it does not have */
  assertApproved(message: Pick<Task, 'planHash' | 'round'>): void {
    assertApproved(message, this.#terms);
  }

  /** @throws {FedwardError} PLAN_NOT_APPROVED, or TASK_INVALID for a task that the work can't be done on */
  async assertTask(task: Parameters<Work['assertTask']>[0]): Promise<void> {
    const { work, startsFrom } = this.common;
    this.assertApproved(task);
    await work.prepare();
    assertTask(task, this.id, (given) => work.assertTask(given));
    if (startsFrom !== undefined) assertStart(task, startsFrom, work, this.id);
  }

  /** What is remembered of the update that was taken last. @param whose default: the strategy's */
  async remembered(task: Pick<Task, 'runId' | 'taken'>, whose?: string): Promise<State> {
    if (task.taken === null) return null;
    return (await this.common.store.load(this.keyOf(task, whose), task.taken)) ?? null;
  }

  /** Remembers what belongs to this round's update. @param whose default: the strategy's */
  async remember(task: Task, state: State, whose?: string): Promise<void> {
    const { store } = this.common;
    const key = this.keyOf(task, whose);
    await store.save(key, task.round, state);
    // Of rounds between the two nothing was taken, nor will it be: this task is of a later one.
    await store.forget(key, task.round, task.taken ?? undefined);
  }

  callContext({ runId, round, cohort }: Pick<Task, 'runId' | 'round' | 'cohort'>, mechanism: string): SiteCallContext {
    const kept = this.common.kept.of(this.id, runId, round, mechanism);
    return { clientId: this.id, runId, round, plan: this.common.plan, cohort, kept };
  }

  siteContext(task: Task, mechanism: string, { noise }: Streams): SiteContext {
    const told = task.forMechanisms?.[mechanism] ?? {};
    const { sensitivity } = this.common.work;
    return { ...this.callContext(task, mechanism), told, sent: task.payload, noise, sensitivity };
  }

  /** Under a price the server learns that something failed, which can't be helped, and not why. */
  withoutReason({ runId, round }: Pick<Task, 'runId' | 'round'>, what: string): (error: unknown) => never {
    return (error) => {
      if (!this.secret || hasCode(error, 'ABORTED')) throw error;
      this.own.onFailure?.(error, { runId, round });
      // No `cause`: a transport that clones errors, as messages between threads are, would carry the reason away.
      throw new FedwardError(
        'CLIENT_FAILED',
        `${this.id} failed at its ${what}; the reason stays at the site`,
        this.id,
      );
    };
  }

  /** As `withoutReason`, for what was admitted: where it was stopped, nothing came out of it. */
  failed(task: Task, release: Release): (error: unknown) => Promise<never> {
    return async (error) => {
      if (hasCode(error, 'ABORTED')) await this.admission.giveBack(task, release);
      return this.withoutReason(task, release)(error);
    };
  }

  private keyOf({ runId }: Pick<Task, 'runId'>, whose = this.common.work.strategy): ClientStateKey {
    return { runId, clientId: this.id, strategy: whose };
  }
}

/** A log of the site's own comes before one that all share. */
function ownLogOf(common: Common, own: OwnSiteOptions): OwnLog {
  const audit = own.audit ?? common.audit;
  const shared = common.sharesLog === true && audit === common.audit;
  return new OwnLog({ clientId: own.id, audit, shared, witness: own.witness, now: common.now });
}

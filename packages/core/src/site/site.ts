import { FedwardError, hasCode, incompatible, isFedwardError } from '../base/errors.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import { throwIfAborted } from '../base/abort.js';
import type { AuditEventType, AuditReceipt } from '../interfaces/audit.js';
import type { Client } from '../interfaces/client.js';
import { protocolVersion } from '../interfaces/description.js';
import type { EvaluateResult, Task, Update } from '../interfaces/messages.js';
import type { SiteCallContext, SiteContext } from '../interfaces/privacy.js';
import type { Records } from '../interfaces/records.js';
import type { TrainingData } from '../interfaces/trainer.js';
import type { ClientStateKey } from '../interfaces/stores.js';
import { memoryAnswerStore, memoryClientStore } from '../memory/stores.js';
import { copyTensors } from '../parameters/parameters.js';
import { isTrainingPlan, planHash } from '../plan/plan.js';
import type { DpEvent } from '../privacy/events.js';
import { protectionOf, type Protection } from '../privacy/protection.js';
import { secretRandomness } from '../random/randomness.js';
import { version } from '../version.js';
import { admissionOf, type Release } from './admission.js';
import { assertApproved, assertCall, assertTask, digestTask, type Approved } from './gate.js';
import { RoundMemory } from './kept.js';
import type { OwnSiteOptions, SharedSiteOptions, SiteOptions } from './options.js';
import { cut, placeOf, type Place } from './place.js';
import { streamsOf, type Streams } from './promises.js';
import { assertRecords, assertScorePaid, assertSeparate, recordsOf } from './records.js';
import { queryWork } from './query-work.js';
import { trainingWork } from './training-work.js';
import type { Work } from './work.js';

/**
 * A hospital: gate, ledger, work, mechanisms, local audit, in this order. Nothing leaves before all of them
 * have had their say, and nothing is charged for a task that can't be carried out.
 *
 * Where a mechanism has a price, what it did not pay for stays here: metrics, what went wrong in an answer (unless all
 * is a simulation), and the number of records (`weight` is then 1) unless it is the same for all neighbours. A round
 * is then answered once: asked the same again, because its answer was lost, a site gives the same answer again, which
 * tells nothing new. Asked anything else for that round it refuses, unless a ledger is charged once more.
 *
 * @throws {FedwardError} DATA_EMPTY without records; CONFIG_INCOMPATIBLE for other plugins than the plan names, for a
 *   trainer that does not provide what they ask of it, for data without patient ids where the
 *   gradients of patients are clipped, for data with `sharedStatistics` where records or patients have a price, and for
 *   scores of a personal model that are to be paid for; DATA_MALFORMED, DATA_NOT_FINITE or LABEL_INVALID for data that don't fit the model
 *   of a plan with privacy mechanisms; what the mechanisms' `validate` throws. Data given by a function are looked at when
 *   they are needed, and the round fails then
 */
export function createSite(options: SiteOptions): Client {
  return siteFactory(options)(options);
}

/**
 * `createSite` for many sites under one plan, which is checked and hashed once: a site made when it is asked then
 * costs next to nothing.
 * @throws {FedwardError} as `createSite`
 */
export function siteFactory(shared: SharedSiteOptions): (own: OwnSiteOptions) => Client {
  const { plan, mechanisms = [] } = shared;
  const protection = protectionOf(plan, mechanisms);
  const work = workOf(shared, protection);
  const bounded = mechanisms.find(({ requires }) => requires.includes('bounded-answers'));
  if (bounded && work.sensitivity === undefined)
    throw incompatible(
      `${bounded.name} needs a query that says how far one ${plan.privacy?.unit ?? 'record'} moves its answer (\`sensitivity\`)`,
    );
  if (isTrainingPlan(plan) && plan.evaluation) assertScorePaid(work, protection);
  const common: Common = {
    ...shared,
    mechanisms,
    protection,
    work,
    approved: planHash(plan),
    kept: new RoundMemory(),
    store: shared.store ?? memoryClientStore(),
    answers: shared.answers ?? memoryAnswerStore(),
    randomness: shared.randomness ?? secretRandomness(),
    now: shared.now ?? (() => new Date().toISOString()),
  };
  return (own) => siteOf(common, own);
}

type Common = SharedSiteOptions &
  Required<Pick<SharedSiteOptions, 'mechanisms' | 'store' | 'answers' | 'randomness' | 'now'>> & {
    readonly protection: Protection;
    readonly work: Work;
    /** Hash of the plan. */
    readonly approved: string;
    readonly kept: RoundMemory;
  };

function workOf({ plan, trainer, strategy, query }: SharedSiteOptions, protection: Protection): Work {
  if (isTrainingPlan(plan)) {
    if (trainer) return trainingWork(plan, trainer, strategy, protection);
    throw incompatible(`the plan names trainer ${plan.training.trainer}, the site has none`, 'training.trainer');
  }
  if (query) return queryWork(plan, query);
  throw incompatible(`the plan asks the query ${plan.query.name}, the site has none`, 'query.name');
}

function siteOf(common: Common, own: OwnSiteOptions): Client {
  const { id, ledger, testData } = own;
  const { plan, work, mechanisms, audit, metrics, randomness, store, now, approved, protection, kept } = common;
  const { adjacency, countIsPublic } = protection;
  const { simulationOnly } = randomness;
  const terms: Approved = { clientId: id, planHash: approved, rounds: plan.rounds };
  const admission = admissionOf({ plan, planHash: approved, clientId: id }, protection, simulationOnly, ledger, common.answers); // prettier-ignore
  const secret = adjacency !== undefined && !simulationOnly;
  if (testData && adjacency && protection.evaluationEventOf(0)) assertSeparate(testData, id, plan, 'testData');
  const dataOf = recordsOf(own, (data) => assertRecords(data, id, plan, protection, work));
  /** The newest answer, for a task that comes again; only where it could not be computed again. */
  let answered: { readonly task: string; readonly update: Update } | undefined;
  /** The newest scores, alike. */
  let scored: { readonly task: string; readonly result: EvaluateResult } | undefined;
  /** Where the site's own log stands. */
  let head: AuditReceipt | null = null;

  const log = async ({ runId, round }: Place, type: AuditEventType, details: JsonObject): Promise<void> => {
    const place = { runId, ...(round !== undefined && { round }) };
    const receipt = await audit?.append({ type, time: now(), ...place, clientId: id, details });
    if (receipt && !common.sharesLog) head = receipt;
  };
  const withHead = <T extends object>(message: T): T => (head ? { ...message, head } : message);
  const keyOf = ({ runId }: Pick<Task, 'runId'>): ClientStateKey => ({ runId, clientId: id, strategy: work.strategy });
  const remembered = async (task: Pick<Task, 'runId' | 'taken'>): Promise<State> =>
    task.taken === null ? null : ((await store.load(keyOf(task), task.taken)) ?? null);

  const callContext = ({ runId, round, cohort }: Task, mechanism: string): SiteCallContext => {
    return { clientId: id, runId, round, plan, cohort, kept: kept.of(id, runId, round, mechanism) };
  };
  const siteContext = (task: Task, mechanism: string, { noise }: Streams): SiteContext => ({
    ...callContext(task, mechanism),
    told: task.forMechanisms?.[mechanism] ?? {},
    noise,
    sensitivity: work.sensitivity,
  });

  const compute = async (
    task: Task,
    event: DpEvent | undefined,
    streams: Streams,
    [data, state]: readonly [Records, State],
    signal: AbortSignal,
  ): Promise<Update> => {
    const worked = await work.run({ clientId: id, task, data, state, streams, signal });
    // Who was told to stop may have been asked again since: what it remembers by then must stay.
    throwIfAborted(signal);
    let update: Update = {
      clientId: id,
      baseRound: task.round,
      payload: worked.payload,
      weight: isTrainingPlan(plan) && countIsPublic ? data.count : 1,
      metrics: event ? {} : worked.metrics,
      spent: event ? [event] : [],
      simulationOnly: mechanisms.length > 0 && simulationOnly,
    };
    for (const mechanism of mechanisms)
      if (mechanism.onClient) update = await mechanism.onClient(update, siteContext(task, mechanism.name, streams));
    if (worked.state !== undefined) {
      throwIfAborted(signal);
      await store.save(keyOf(task), task.round, worked.state);
      // Of rounds between the two nothing was taken, nor will it be: this task is of a later one.
      await store.forget(keyOf(task), task.round, task.taken ?? undefined);
    }
    return update;
  };

  /** Under a price the server learns that an answer failed, which can't be helped, and not why. */
  const withoutReason =
    ({ runId, round }: Pick<Task, 'runId' | 'round'>, what: string) =>
    (error: unknown): never => {
      if (!secret || hasCode(error, 'ABORTED')) throw error;
      own.onFailure?.(error, { runId, round });
      // No `cause`: a transport that clones errors, as messages between threads are, would carry the reason away.
      throw new FedwardError('CLIENT_FAILED', `${id} failed at its ${what}; the reason stays at the site`, id);
    };
  const failed = (task: Task, release: Release) => async (error: unknown) => {
    if (hasCode(error, 'ABORTED')) await admission.giveBack(task, release);
    return withoutReason(task, release)(error);
  };

  /** What is refused is in the site's log, with the reason. */
  const gated = async <T>(task: Pick<Task, 'runId' | 'round'>, gate: () => T | Promise<T>): Promise<T> => {
    try {
      return await gate();
    } catch (error) {
      if (isFedwardError(error)) await log(placeOf(task), 'refusal', { code: error.code, reason: cut(error.message) });
      throw error;
    }
  };

  const answer: Client['answer'] = async (task, signal) => {
    throwIfAborted(signal);
    const admitted = await gated(task, async () => {
      assertApproved(task, terms);
      await work.prepare();
      assertTask(task, id, (given) => work.assertTask(given));
      if (secret && answered?.task === digestTask(task)) {
        await log(task, 'answer-repeated', {});
        return undefined;
      }
      const streams = streamsOf(randomness, id, task.round, adjacency);
      const data = await Promise.resolve(dataOf()).catch(withoutReason(task, 'data'));
      const known = [data, await remembered(task)] as const;
      throwIfAborted(signal);
      return { streams, known, event: await admission.admit(task) };
    });
    if (!admitted) return withHead(copyOf(answered!.update));
    const { streams, known, event } = admitted;
    const update = await compute(task, event, streams, known, signal).catch(failed(task, 'answer'));
    const samples = countIsPublic ? known[0].count : 'withheld';
    const server = task.head && { serverHead: { ...task.head } };
    const { simulationOnly } = update;
    await log(task, isTrainingPlan(plan) ? 'training' : 'query', {
      ...{ samples, spent: event ?? null, simulationOnly, ...server },
    });
    if (secret) answered = { task: digestTask(task), update: copyOf(update) };
    return withHead(update);
  };

  const score = async (task: Task, state: State, streams: Streams, tested: TestPart): Promise<EvaluateResult> => {
    const outputs = await tested.predict(task, state, tested.data);
    const weight = countIsPublic ? tested.data.count : 1;
    let result: EvaluateResult = { clientId: id, weight, metrics: tested.metrics(outputs, tested.data.labels) };
    for (const mechanism of mechanisms)
      if (mechanism.onEvaluate) result = await mechanism.onEvaluate(result, siteContext(task, mechanism.name, streams));
    return result;
  };

  const evaluate: Client['evaluate'] = async (task, signal) => {
    throwIfAborted(signal);
    const asked: Task = { ...task, cohort: [id], instructions: {} };
    const admitted = await gated(task, async () => {
      assertApproved(task, terms);
      await work.prepare();
      assertTask(task, id, (given) => work.assertTask(given));
      if (adjacency && !protection.evaluationEventOf(task.round))
        throw incompatible(`${id}: evaluation at the site is not paid for by the plan's privacy mechanism`, 'privacy');
      assertScorePaid(work, protection);
      if (!testData || !metrics || !work.predict)
        throw new FedwardError('CONFIG_INVALID', `${id} was given no test data or no metrics`, 'testData');
      if (secret && scored?.task === digestTask(asked)) {
        await log(task, 'answer-repeated', { evaluation: true });
        return undefined;
      }
      const streams = streamsOf(randomness, id, task.round, adjacency);
      const tested: TestPart = { data: testData, metrics, predict: work.predict };
      const state = await remembered(task);
      return { streams, tested, state, event: await admission.admit(task, 'evaluation') };
    });
    if (!admitted) return withHead(structuredClone(scored!.result));
    const { streams, tested, state, event } = admitted;
    const result = await score(asked, state, streams, tested).catch(failed(asked, 'evaluation'));
    await log(task, 'evaluation', { spent: event ?? null });
    if (secret) scored = { task: digestTask(asked), result: structuredClone(result) };
    return withHead(result);
  };

  const call: Client['call'] = async (message, signal) => {
    const mechanism = await gated(message, () => {
      assertApproved(message, terms);
      assertCall(message, id);
      const named = mechanisms.find(({ name }) => name === message.mechanism);
      if (named?.onCall) return named;
      throw incompatible(`${id} has no mechanism ${message.mechanism} that answers calls`, message.mechanism);
    });
    throwIfAborted(signal);
    const { runId, round, cohort } = message;
    const context = { clientId: id, runId, round, plan, cohort, kept: kept.of(id, runId, round, mechanism.name) };
    const told = await gated(message, () => mechanism.onCall!(message.body, context));
    await log(message, 'call', { mechanism: mechanism.name });
    return told;
  };

  return {
    id,
    answer,
    evaluate,
    call,
    async describe() {
      await work.prepare();
      return {
        protocol: protocolVersion,
        clientId: id,
        software: [{ name: '@fedward/core', version }, ...(common.software ?? [])],
        approved: [approved],
        work: work.description(),
        keepsLedger: ledger?.outlivesRuns ?? false,
        noise: simulationOnly ? 'seeded' : 'secret',
        head,
      };
    },
    async propose(proposed) {
      const hash = planHash(proposed);
      if (hash === approved) return;
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved ${approved}, was proposed ${hash}`, id);
    },
  };
}

/** What a site scores models on. */
interface TestPart {
  readonly data: TrainingData;
  readonly metrics: NonNullable<SharedSiteOptions['metrics']>;
  readonly predict: NonNullable<Work['predict']>;
}

function copyOf(update: Update): Update {
  return { ...update, payload: copyTensors(update.payload) };
}

import { FedwardError, hasCode, isFedwardError } from '../base/errors.js';
import type { AnswerKey, AnswerStore } from '../interfaces/answers.js';
import type { AuditEventType, AuditSink } from '../interfaces/audit.js';
import type { Client } from '../interfaces/client.js';
import type { EvaluateTask, FitResult, FitTask, Metrics } from '../interfaces/messages.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import type { ClientContext, LocalTrainer, TrainingData } from '../interfaces/trainer.js';
import type { JsonObject } from '../base/json.js';
import type { DpEvent } from '../privacy/events.js';
import { memoryAnswerStore } from '../memory/stores.js';
import { layoutOf, outputSize } from '../model/shapes.js';
import { secretRandomness, type Randomness } from '../random/randomness.js';
import { copyParameters, type Layout } from '../parameters/parameters.js';
import { planHash, type TrainingPlan } from '../plan/plan.js';
import { checkTrainingData } from '../training/data.js';
import { checkLabels } from '../training/labels.js';
import { patientsOf } from '../training/patients.js';
import type { SiteLedger } from './ledger.js';
import { requireApplied, requireProvided, streamsOf, type Streams } from './promises.js';
import { incompatible, protectionOf, type Protection } from '../privacy/protection.js';
import { checkTask, digestTask } from './task.js';

/** All that a site needs. Only the first four have no default. */
export interface SiteOptions {
  readonly id: string;
  /** The plan that the site has approved; a task under any other is refused. */
  readonly plan: TrainingPlan;
  readonly data: TrainingData;
  readonly trainer: LocalTrainer;
  /** Those that the plan names, in its order. */
  readonly mechanisms?: readonly PrivacyMechanism[];
  /** Default: secret. A seeded one is for simulations and marks every result. One that is half secret is refused. */
  readonly randomness?: Randomness;
  /** Charged before each training; it may refuse. */
  readonly ledger?: SiteLedger;
  /**
   * Which rounds were answered, where secret noise has a price and no ledger counts them: a plan of n rounds is then
   * answered n times, over all runs, and no round twice. Default: for as long as the process lives.
   */
  readonly answers?: AnswerStore;
  readonly audit?: AuditSink;
  /** For `evaluate`: the site's own test part, and what is computed of the model's outputs on it. */
  readonly testData?: TrainingData;
  readonly metrics?: (outputs: Float32Array, labels: Float32Array) => Metrics;
  readonly now?: () => string;
  /** For the site's own people: why a training failed, where the server is not told. */
  readonly onFailure?: (error: unknown, task: Pick<FitTask, 'runId' | 'round'>) => void;
}

/**
 * A hospital: gate, ledger, trainer, mechanisms, local audit, in this order. Nothing leaves before all of them
 * have had their say, and nothing is charged for a task that can't be carried out.
 *
 * Where a mechanism has a price, what it did not pay for stays here: metrics, what went wrong in a training (unless all
 * is a simulation), and the number of records (`weight` is then 1) unless it is the same for all neighbours. A round
 * is then answered once: asked the same again, because its answer was lost, a site gives the same answer again, which
 * tells nothing new. Asked anything else for that round it refuses, unless a ledger is charged once more.
 *
 * @throws {FedwardError} DATA_EMPTY without records; CONFIG_INCOMPATIBLE for another trainer or other mechanisms than
 *   the plan's, for a trainer that does not provide what they ask of it, for data without patient ids where the
 *   gradients of patients are clipped, and for data with `sharedStatistics` where records or patients have a price; DATA_MALFORMED, DATA_NOT_FINITE or LABEL_INVALID for data that don't fit the model
 *   of a plan with privacy mechanisms; what the mechanisms' `validate` throws
 */
export function createSite(options: SiteOptions): Client {
  const { plan, data } = options;
  const site = siteFactory(options)(options);
  if (plan.privacy) {
    // Here, where nobody else is told, and not in a round that then fails.
    checkTrainingData(data, plan.model.inputShape);
    checkLabels(plan.model.loss, data.labels, outputSize(plan.model));
  }
  return site;
}

/** What sites of one simulation share. */
export type SharedSiteOptions = Omit<SiteOptions, keyof OwnSiteOptions>;
/** What each site has of its own. */
export type OwnSiteOptions = Pick<SiteOptions, 'id' | 'data' | 'ledger' | 'testData' | 'onFailure'>;

/**
 * `createSite` for many sites under one plan, which is checked and hashed once: a site made when it is asked then
 * costs next to nothing.
 * @throws {FedwardError} as `createSite`, but for what is wrong with the values of the data, which are not looked through:
 *   a missing or wrong number of ids when the site is made, the others here
 */
export function siteFactory(shared: SharedSiteOptions): (own: OwnSiteOptions) => Client {
  const { plan, trainer, mechanisms = [] } = shared;
  if (trainer.name !== plan.training.trainer) {
    const message = `the plan names trainer ${plan.training.trainer}, the site has ${trainer.name}`;
    throw incompatible(message, 'training.trainer');
  }
  trainer.validate?.(plan);
  const protection = protectionOf(plan, mechanisms);
  requireProvided(trainer, protection);
  const common: Common = {
    ...shared,
    mechanisms,
    protection,
    approved: planHash(plan),
    layout: layoutOf(plan.model),
    answers: shared.answers ?? memoryAnswerStore(),
    randomness: shared.randomness ?? secretRandomness(),
    now: shared.now ?? (() => new Date().toISOString()),
  };
  return (own) => siteOf(common, own);
}

type Common = SharedSiteOptions &
  Required<Pick<SharedSiteOptions, 'mechanisms' | 'answers' | 'randomness' | 'now'>> & {
    readonly protection: Protection;
    /** Hash of the plan. */
    readonly approved: string;
    /** Of the plan's model. */
    readonly layout: Layout;
  };

function siteOf(common: Common, own: OwnSiteOptions): Client {
  const { id, data, ledger, testData } = own;
  const { plan, trainer, mechanisms, audit, metrics, randomness, answers, now, approved, layout } = common;
  const { adjacency, countIsPublic, eventOf, gradient } = common.protection;
  if (data.count === 0) throw new FedwardError('DATA_EMPTY', `${id} has no records`, id);
  if (gradient) patientsOf(data, { plan, gradientPrivacy: gradient });
  if (adjacency) refuseSharedStatistics(data, plan, id);
  /** True where what leaves is protected by noise that nobody can foretell: not to be had twice at one price. */
  const secret = adjacency !== undefined && !randomness.simulationOnly;
  /** The newest answer, for a task that comes again; only where it could not be computed again. */
  let answered: { readonly task: string; readonly update: FitResult } | undefined;

  const log = async ({ runId, round }: FitTask, type: AuditEventType, details: JsonObject): Promise<void> => {
    await audit?.append({ type, time: now(), runId, round, clientId: id, details });
  };

  const gate = (task: EvaluateTask): void => {
    const { planHash, round } = task;
    const refuse = (what: string): never => {
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved ${what}`, id);
    };
    if (planHash !== approved) refuse(`${approved}, was sent ${planHash}`);
    if (!Number.isInteger(round) || round < 0 || round >= plan.rounds)
      refuse(`${plan.rounds} rounds, was sent ${round}`);
    checkTask(task, { clientId: id, plan, trainer, layout });
  };

  /** What the round spends of this site's data, charged or counted; undefined where nothing has a price. */
  const admit = async (task: FitTask): Promise<DpEvent | undefined> => {
    const event = eventOf(task.round);
    if (!event || !plan.privacy || !adjacency) return event;
    const { unit } = plan.privacy;
    const { simulationOnly } = randomness;
    const { runId, round } = task;
    await ledger?.charge({ planHash: approved, runId, round, unit, adjacency, simulationOnly, event });
    if (secret && !ledger && !(await answers.take(keyOf(task), plan.rounds)))
      throw new FedwardError(
        'PLAN_NOT_APPROVED',
        `${id} has answered round ${round} of run ${runId} already, or all ${plan.rounds} rounds that it approved: ` +
          'another answer would be one release more',
        id,
      );
    return event;
  };
  const keyOf = ({ runId, round }: FitTask): AnswerKey => ({ clientId: id, planHash: approved, runId, round });

  const train = async (
    task: FitTask,
    event: DpEvent | undefined,
    streams: Streams,
    signal: AbortSignal,
  ): Promise<FitResult> => {
    const context: ClientContext = {
      clientId: id,
      runId: task.runId,
      round: task.round,
      plan,
      instructions: task.instructions,
      ...streams,
      ...(gradient && { gradientPrivacy: gradient }),
    };
    const { payload, metrics, applied } = await trainer.train(task.payload, data, context, signal);
    requireApplied(trainer, applied, gradient);
    const update: FitResult = {
      clientId: id,
      baseRound: task.round,
      payload,
      weight: countIsPublic ? data.count : 1,
      metrics: event ? {} : metrics,
      spent: event ? [event] : [],
      simulationOnly: mechanisms.length > 0 && randomness.simulationOnly,
    };
    return mechanisms.reduce((update, mechanism) => {
      const told = task.forMechanisms?.[mechanism.name] ?? {};
      return mechanism.onClient?.(update, { ...context, sent: task.payload, told }) ?? update;
    }, update);
  };

  /** Under a price the server learns that a training failed, which can't be helped, and not why. */
  const failed = async (error: unknown, task: FitTask, event: DpEvent | undefined): Promise<never> => {
    if (secret && !ledger && hasCode(error, 'ABORTED')) await answers.giveBack(keyOf(task));
    if (!event || randomness.simulationOnly || hasCode(error, 'ABORTED')) throw error;
    own.onFailure?.(error, { runId: task.runId, round: task.round });
    // No `cause`: a transport that clones errors, as messages between threads are, would carry the reason away.
    throw new FedwardError('CLIENT_FAILED', `${id} failed in training; the reason stays at the site`, id);
  };

  const fit: Client['fit'] = async (task, signal) => {
    let event: DpEvent | undefined;
    let streams: Streams;
    try {
      gate(task);
      if (secret && answered?.task === digestTask(task)) {
        await log(task, 'answer-repeated', {});
        return copyOf(answered.update);
      }
      streams = streamsOf(randomness, id, task.round, adjacency);
      event = await admit(task);
    } catch (error) {
      if (isFedwardError(error)) await log(task, 'refusal', { code: error.code, reason: error.message });
      throw error;
    }
    const update = await train(task, event, streams, signal).catch((error: unknown) => failed(error, task, event));
    const { simulationOnly } = update;
    const samples = countIsPublic ? data.count : 'withheld';
    await log(task, 'training', { samples, spent: event ?? null, simulationOnly });
    if (secret) answered = { task: digestTask(task), update: copyOf(update) };
    return update;
  };

  const evaluate: Client['evaluate'] = async (task) => {
    gate(task);
    if (adjacency)
      throw incompatible(`${id}: evaluation at the site is not paid for by the plan's privacy mechanism`, 'privacy');
    if (!testData || !metrics)
      throw new FedwardError('CONFIG_INVALID', `${id} was given no test data or no metrics`, 'testData');
    const outputs = await trainer.predict(plan.model, task.payload, testData);
    return { clientId: id, weight: testData.count, metrics: metrics(outputs, testData.labels) };
  };

  return { id, fit, evaluate };
}

/** All the data of a hospital may hang together where hospitals are protected: their epsilon covers what one computes. */
function refuseSharedStatistics({ sharedStatistics }: TrainingData, { privacy }: TrainingPlan, id: string): void {
  if (sharedStatistics === undefined || !privacy || privacy.unit === 'hospital') return;
  throw incompatible(
    `${id}: each ${privacy.unit} moves the examples of all others, since they were prepared by ${sharedStatistics}. The ` +
      `epsilon of a ${privacy.unit} does not pay for that: prepare them by constants that are known without these data`,
    'data.sharedStatistics',
  );
}

function copyOf(update: FitResult): FitResult {
  return { ...update, payload: copyParameters(update.payload) };
}

import { FedwardError, hasCode, isFedwardError } from '../errors.js';
import type { AuditEventType, AuditSink } from '../interfaces/audit.js';
import type { Client } from '../interfaces/client.js';
import type { EvaluateTask, FitResult, FitTask, Metrics } from '../interfaces/messages.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import type { ClientContext, LocalTrainer, TrainingData } from '../interfaces/trainer.js';
import type { JsonObject } from '../json.js';
import type { DpEvent } from '../numeric/dp-event.js';
import { secretRandomness, type Randomness } from '../numeric/randomness.js';
import { planHash, type TrainingPlan } from '../plan/plan.js';
import { patientsOf } from '../training/patients.js';
import type { SiteLedger } from './ledger.js';
import { incompatible, protectionOf, type Protection } from './protection.js';

export interface SiteOptions {
  readonly id: string;
  /** The plan that the site has approved; a task under any other is refused. */
  readonly plan: TrainingPlan;
  readonly data: TrainingData;
  readonly trainer: LocalTrainer;
  /** Those that the plan names, in its order. */
  readonly mechanisms?: readonly PrivacyMechanism[];
  /** Default: secret. A seeded one is for simulations and marks every result. */
  readonly randomness?: Randomness;
  /** Charged before each training; it may refuse. */
  readonly ledger?: SiteLedger;
  readonly audit?: AuditSink;
  /** For `evaluate`: the site's own test part, and what is computed of the model's outputs on it. */
  readonly testData?: TrainingData;
  readonly metrics?: (outputs: Float32Array, labels: Float32Array) => Metrics;
  readonly now?: () => string;
}

/**
 * A hospital: gate, ledger, trainer, mechanisms, local audit, in this order. Nothing leaves before all of them
 * have had their say.
 *
 * Where a mechanism has a price, what it did not pay for stays here: metrics, the words of a trainer's error
 * (unless all is a simulation), and the number of records (`weight` is then 1) unless it is the same for all
 * neighbours.
 *
 * @throws {FedwardError} DATA_EMPTY without records; CONFIG_INCOMPATIBLE for another trainer or other mechanisms than
 *   the plan's, and for data without patient ids where the gradients of patients are clipped; DATA_MALFORMED for a wrong
 *   number of ids; what the mechanisms' `validate` throws
 */
export function createSite(options: SiteOptions): Client {
  return siteFactory(options)(options);
}

/** What sites of one simulation share. */
export type SharedSiteOptions = Omit<SiteOptions, keyof OwnSiteOptions>;
/** What each site has of its own. */
export type OwnSiteOptions = Pick<SiteOptions, 'id' | 'data' | 'ledger' | 'testData'>;

/**
 * `createSite` for many sites under one plan, which is checked and hashed once: a site made when it is asked then
 * costs next to nothing.
 * @throws {FedwardError} as `createSite`; what is wrong with the data when the site is made, the others here
 */
export function siteFactory(shared: SharedSiteOptions): (own: OwnSiteOptions) => Client {
  const { plan, trainer, mechanisms = [] } = shared;
  if (trainer.name !== plan.training.trainer) {
    const message = `the plan names trainer ${plan.training.trainer}, the site has ${trainer.name}`;
    throw incompatible(message, 'training.trainer');
  }
  trainer.validate?.(plan);
  const common: Common = {
    ...shared,
    mechanisms,
    protection: protectionOf(plan, mechanisms),
    approved: planHash(plan),
    randomness: shared.randomness ?? secretRandomness(),
    now: shared.now ?? (() => new Date().toISOString()),
  };
  return (own) => siteOf(common, own);
}

type Common = SharedSiteOptions &
  Required<Pick<SharedSiteOptions, 'mechanisms' | 'randomness' | 'now'>> & {
    readonly protection: Protection;
    /** Hash of the plan. */
    readonly approved: string;
  };

function siteOf(common: Common, { id, data, ledger, testData }: OwnSiteOptions): Client {
  const { plan, trainer, mechanisms, audit, metrics, randomness, now, approved } = common;
  const { adjacency, countIsPublic, eventOf, gradient } = common.protection;
  if (data.count === 0) throw new FedwardError('DATA_EMPTY', `${id} has no records`, id);
  if (gradient) patientsOf(data, { plan, gradientPrivacy: gradient });

  const log = async ({ runId, round }: FitTask, type: AuditEventType, details: JsonObject): Promise<void> => {
    await audit?.append({ type, time: now(), runId, round, clientId: id, details });
  };

  const gate = ({ planHash, round }: EvaluateTask): void => {
    const refuse = (what: string): never => {
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved ${what}`, id);
    };
    if (planHash !== approved) refuse(`${approved}, was sent ${planHash}`);
    if (!Number.isInteger(round) || round < 0 || round >= plan.rounds)
      refuse(`${plan.rounds} rounds, was sent ${round}`);
  };

  /** What the round spends of this site's data, charged; undefined where nothing has a price. */
  const admit = async (task: FitTask): Promise<DpEvent | undefined> => {
    try {
      gate(task);
      const event = eventOf(task.round);
      if (event && plan.privacy && adjacency) {
        const { unit } = plan.privacy;
        const { simulationOnly } = randomness;
        const { runId, round } = task;
        await ledger?.charge({ planHash: approved, runId, round, unit, adjacency, simulationOnly, event });
      }
      return event;
    } catch (error) {
      if (isFedwardError(error)) await log(task, 'refusal', { code: error.code, reason: error.message });
      throw error;
    }
  };

  const train = async (task: FitTask, event: DpEvent | undefined, signal: AbortSignal): Promise<FitResult> => {
    const context: ClientContext = {
      clientId: id,
      runId: task.runId,
      round: task.round,
      plan,
      instructions: task.instructions,
      random: randomness.random(id, task.round),
      noise: randomness.noise(id, task.round),
      ...(gradient && { gradientPrivacy: gradient }),
    };
    const { payload, metrics } = await trainer.train(task.payload, data, context, signal);
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

  const fit: Client['fit'] = async (task, signal) => {
    const event = await admit(task);
    const update = await train(task, event, signal).catch((error: unknown) => {
      if (!event || randomness.simulationOnly || hasCode(error, 'ABORTED')) throw error;
      const code = isFedwardError(error) ? error.code : 'CLIENT_FAILED';
      throw new FedwardError(code, `${id} failed in training; the reason stays at the site`, id, { cause: error });
    });
    const { simulationOnly } = update;
    const samples = countIsPublic ? data.count : 'withheld';
    await log(task, 'training', { samples, spent: event ?? null, simulationOnly });
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

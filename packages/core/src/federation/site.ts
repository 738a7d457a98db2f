import { FedwardError } from '../errors.js';
import type { AuditSink } from '../interfaces/audit.js';
import type { Client } from '../interfaces/client.js';
import type { EvaluateResult, FitResult, FitTask, Metrics } from '../interfaces/messages.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import type { ClientContext, LocalTrainer, TrainingData } from '../interfaces/trainer.js';
import { secretRandomness, type Randomness } from '../numeric/randomness.js';
import { planHash, type TrainingPlan } from '../plan/plan.js';
import { adjacencyOf, eventOfRound } from './spending.js';
import type { SiteLedger } from './ledger.js';

export interface SiteOptions {
  readonly id: string;
  /** The plan that the site has approved; a task under any other is refused. */
  readonly plan: TrainingPlan;
  readonly data: TrainingData;
  readonly trainer: LocalTrainer;
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
 * Where a mechanism has a price, what it did not pay for stays here: metrics are withheld, and under
 * add-or-remove-one the number of records too (`weight` is then 1). Under replace-one that number is the same
 * for all neighbours and may be told.
 *
 * @throws {FedwardError} DATA_EMPTY without records; what `validate` of trainer and mechanisms throw
 */
export function createSite(options: SiteOptions): Client {
  const { id, plan, data, trainer, mechanisms = [], audit, testData, metrics } = options;
  const randomness = options.randomness ?? secretRandomness();
  const now = options.now ?? (() => new Date().toISOString());
  if (data.count === 0) throw new FedwardError('DATA_EMPTY', `${id} has no records`, id);
  trainer.validate?.(plan);
  for (const mechanism of mechanisms) mechanism.validate?.(plan);
  const approved = planHash(plan);
  const adjacency = adjacencyOf(mechanisms);
  const gradientPrivacy = mechanisms.flatMap((mechanism) => mechanism.gradient?.(plan) ?? [])[0];

  const gate = (task: Pick<FitTask, 'planHash'>): void => {
    if (task.planHash !== approved)
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved ${approved}, was sent ${task.planHash}`, id);
  };

  const fit = async (task: FitTask, signal: AbortSignal): Promise<FitResult> => {
    gate(task);
    const event = eventOfRound(mechanisms, plan, task.round);
    if (event) await options.ledger?.charge({ planHash: approved, runId: task.runId, round: task.round, event });
    const context: ClientContext = {
      clientId: id,
      runId: task.runId,
      round: task.round,
      plan,
      instructions: task.instructions,
      random: randomness.random(id, task.round),
      noise: randomness.noise(id, task.round),
      ...(gradientPrivacy && { gradientPrivacy }),
    };
    const trained = await trainer.train(task.payload, data, context, signal);
    const maySayCount = adjacency !== 'add-or-remove-one';
    let update: FitResult = {
      clientId: id,
      baseRound: task.round,
      payload: trained.payload,
      weight: maySayCount ? data.count : 1,
      metrics: event ? {} : trained.metrics,
      spent: event ? [event] : [],
      simulationOnly: mechanisms.length > 0 && randomness.simulationOnly,
    };
    for (const mechanism of mechanisms) update = mechanism.onClient?.(update, context) ?? update;
    await audit?.append({
      type: 'training',
      time: now(),
      runId: task.runId,
      round: task.round,
      clientId: id,
      details: {
        samples: maySayCount ? data.count : 'withheld',
        spent: event ?? null,
        simulationOnly: update.simulationOnly,
      },
    });
    return update;
  };

  const evaluate: Client['evaluate'] = async (task): Promise<EvaluateResult> => {
    gate(task);
    if (adjacency)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `${id}: evaluation at the site is not paid for by the plan's privacy mechanism`,
        'privacy',
      );
    if (!testData || !metrics)
      throw new FedwardError('CONFIG_INVALID', `${id} was given no test data or no metrics`, 'testData');
    const outputs = await trainer.predict(plan.model, task.payload, testData);
    return { clientId: id, weight: testData.count, metrics: metrics(outputs, testData.labels) };
  };

  return { id, fit, evaluate };
}

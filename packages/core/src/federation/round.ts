import { FedwardError, isFedwardError } from '../errors.js';
import type { RoundContext } from '../interfaces/aggregator.js';
import type { AuditEvent } from '../interfaces/audit.js';
import type { FitResult } from '../interfaces/messages.js';
import { SecureNoise } from '../numeric/noise.js';
import type { Random } from '../numeric/random.js';
import { findNonFinite, sameLayout, type Layout } from '../parameters.js';
import type { State } from '../state.js';
import { selectorOf } from './cohort.js';
import { collect } from './collect.js';
import type { Dropped, Federation, RoundReport } from './federation.js';
import { eventOfRound, type Spending } from './spending.js';

/** What a run carries from round to round. */
export interface Progress<S extends State> {
  readonly state: S;
  /** Weight of each client's last update, for saying what a drop-out cost. */
  readonly weights: Readonly<Record<string, number>>;
  readonly simulationOnly: boolean;
}

export interface RoundTools {
  readonly hash: string;
  readonly random: Random;
  readonly spending: Spending | undefined;
  readonly log: (event: Pick<AuditEvent, 'type' | 'round' | 'clientId' | 'details'>) => Promise<void>;
  /** Called with the round's charges booked and nothing sent yet. */
  readonly beforeRelease: () => Promise<void>;
}

/**
 * One round: choose, price, refuse or charge, instruct, collect, check, reduce in cohort order, quorum, log,
 * release, divide, apply. The state that comes in is left as it was.
 */
export async function runRound<S extends State>(
  federation: Federation<S>,
  { state, weights, simulationOnly }: Progress<S>,
  round: number,
  tools: RoundTools,
): Promise<{ readonly progress: Progress<S>; readonly report: Omit<RoundReport, 'metrics'> }> {
  const { plan, aggregator, transport, mechanisms = [], runId } = federation;
  const { spending, log } = tools;
  const select = federation.selector ?? selectorOf(plan);
  const context: RoundContext = {
    runId,
    round,
    plan,
    ...select(transport.clients(), tools.random.fork('cohort', round)),
  };
  const { cohort } = context;
  const event = eventOfRound(mechanisms, plan, round);
  if (event && spending) {
    if (plan.privacy?.budget) {
      try {
        spending.assertWithin(plan.privacy.budget.epsilon, cohort, event, round);
      } catch (error) {
        if (isFedwardError(error))
          await log({ type: 'refusal', round, details: { code: error.code, reason: error.message } });
        throw error;
      }
    }
    for (const clientId of cohort) spending.charge(clientId, event);
    await tools.beforeRelease();
  }
  await log({ type: 'round-start', round, details: { cohort, sampling: context.sampling } });

  const { payload, instructions } = aggregator.instruct(state, context);
  const task = { runId, round, planHash: tools.hash, payload, instructions };
  const reduction = aggregator.reduce(state, context);
  const participants: FitResult[] = [];
  const dropped: Dropped[] = [];
  const arrivals = collect({
    cohort,
    ask: (clientId, signal) => transport.fit(clientId, task, signal),
    concurrency: federation.concurrency ?? cohort.length,
    deadlineSeconds: plan.deadlineSeconds,
    signal: federation.signal ?? new AbortController().signal,
  });
  for await (const { clientId, outcome } of arrivals) {
    try {
      if (outcome instanceof Error) throw outcome;
      checkUpdate(outcome, clientId, round, payload.layout);
      let update = outcome;
      for (const mechanism of mechanisms) update = mechanism.onReceive?.(update, context) ?? update;
      reduction.add(update);
      participants.push({ ...update, payload: { layout: payload.layout, values: noValues } });
    } catch (error) {
      if (!isFedwardError(error)) throw error;
      const invalid = error.code === 'UPDATE_NOT_FINITE' || error.code === 'UPDATE_INVALID';
      if (error.code === 'AUDIT_FAILED' || (invalid && plan.onInvalidUpdate === 'fail')) throw error;
      const lost = {
        id: clientId,
        code: error.code,
        reason: error.message,
        weightLost: weights[clientId] ?? null,
      };
      dropped.push(lost);
      await log({ type: 'dropout', round, clientId, details: { ...lost } });
    }
  }
  if (participants.length < plan.quorum)
    throw new FedwardError(
      'QUORUM_NOT_MET',
      `round ${round}: ${participants.length} of ${cohort.length} clients answered, the quorum is ${plan.quorum}` +
        dropped.map(({ id, reason }) => `; ${id}: ${reason}`).join(''),
      'quorum',
    );

  let aggregate = reduction.finish();
  await log({
    type: 'aggregation',
    round,
    details: {
      participants: participants.map(({ clientId }) => clientId),
      dropped: dropped.map(({ id }) => id),
      divisor: aggregate.divisor,
      spent: event ?? null,
    },
  });
  const noise = federation.noise?.(round) ?? new SecureNoise();
  for (const mechanism of [...mechanisms].reverse())
    aggregate = mechanism.onRelease?.(aggregate, { ...context, noise }) ?? aggregate;
  return {
    progress: {
      state: aggregator.apply(state, aggregate, context),
      weights: { ...weights, ...Object.fromEntries(participants.map((u) => [u.clientId, u.weight])) },
      simulationOnly: simulationOnly || participants.some((update) => update.simulationOnly),
    },
    report: {
      round,
      participants: participants.map(({ clientId }) => clientId),
      dropped,
      trainLoss: meanLoss(participants),
      epsilon: spending ? finiteOrNull(spending.maximum) : null,
    },
  };
}

/** Once it is reduced, an update's values are let go: memory does not grow with the cohort. */
const noValues = new Float32Array(0);

export function finiteOrNull(epsilon: number): number | null {
  return Number.isFinite(epsilon) ? epsilon : null;
}

function checkUpdate(update: FitResult, clientId: string, round: number, layout: Layout): void {
  const refuse = (why: string): never => {
    throw new FedwardError('UPDATE_INVALID', `round ${round}: the update of ${clientId} ${why}`, clientId);
  };
  if (update.clientId !== clientId) refuse(`says that it is from ${update.clientId}`);
  if (update.baseRound !== round) refuse(`is for round ${update.baseRound}`);
  if (!sameLayout(update.payload.layout, layout) || update.payload.values.length !== layout.size)
    refuse('has other tensors than the model');
  if (!Number.isFinite(update.weight) || update.weight < 0) refuse(`has the weight ${update.weight}`);
  const tensor = findNonFinite(update.payload);
  if (tensor)
    throw new FedwardError(
      'UPDATE_NOT_FINITE',
      `round ${round}: the update of ${clientId} has a NaN or Infinity in tensor ${tensor.name}; ` +
        'a smaller learning rate may help',
      clientId,
    );
}

function meanLoss(updates: readonly FitResult[]): number | null {
  const losses = updates.map(({ metrics, weight }) => ({ loss: metrics['loss'], weight }));
  if (losses.some(({ loss }) => loss === undefined || !Number.isFinite(loss))) return null;
  const total = losses.reduce((sum, { weight }) => sum + weight, 0);
  return losses.reduce((sum, { loss, weight }) => sum + loss! * weight, 0) / total;
}

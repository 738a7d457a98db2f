import { FedwardError, isFedwardError } from '../base/errors.js';
import type { RoundContext } from '../interfaces/aggregator.js';
import type { AuditEvent } from '../interfaces/audit.js';
import type { FitResult } from '../interfaces/messages.js';
import type { DpEvent } from '../privacy/events.js';
import { SecureNoise } from '../random/noise.js';
import type { Random } from '../random/random.js';
import { findNonFinite } from '../parameters/parameters.js';
import type { State } from '../base/state.js';
import { selectorOf } from './cohort.js';
import { collect } from './collect.js';
import type { Dropped, Federation, RoundReport } from './federation.js';
import { incompatible, type Protection } from '../privacy/protection.js';
import { receive } from './receive.js';
import { serverSide, type MechanismStates } from './server-side.js';
import type { Spending } from '../privacy/spending.js';

/** What a run carries from round to round. */
export interface Progress<S extends State> {
  readonly state: S;
  readonly mechanisms: MechanismStates;
  /** Weight of each client's last update, for saying what a drop-out cost. */
  readonly weights: ReadonlyMap<string, number>;
  readonly simulationOnly: boolean;
}

export interface RoundTools {
  readonly planHash: string;
  readonly random: Random;
  readonly protection: Protection;
  readonly spending: Spending | undefined;
  readonly log: (event: Omit<AuditEvent, 'time' | 'runId'>) => Promise<void>;
  /** Called with the round's charges booked and nothing sent yet. */
  readonly beforeRelease: () => Promise<void>;
}

/**
 * One round: choose, price, refuse or charge, instruct, collect, check, reduce in cohort order, quorum, log,
 * release, divide, apply. The state that comes in is left as it was.
 */
export async function runRound<S extends State>(
  federation: Federation<S>,
  { state, mechanisms: states, weights, simulationOnly }: Progress<S>,
  round: number,
  tools: RoundTools,
): Promise<{ readonly progress: Progress<S>; readonly report: Omit<RoundReport, 'metrics'> }> {
  const { plan, aggregator, transport, mechanisms = [], runId } = federation;
  const { planHash, random, log } = tools;
  const select = federation.selector ?? selectorOf(plan);
  const chosen = select(transport.clients(), random.fork('cohort', round), round);
  const context: RoundContext = { runId, round, plan, ...chosen };
  const { cohort, sampling } = context;
  if (new Set(cohort).size < cohort.length) throw incompatible('the selector chose a client twice', 'selector');
  const event = tools.protection.eventOf(round);
  if (event) await charge(event, context, tools);
  await log({ type: 'round-start', round, details: { cohort, sampling } });

  const { payload, instructions } = aggregator.instruct(state, context);
  const server = serverSide(mechanisms, context, payload, states);
  const task = { runId, round, planHash, payload, instructions, ...server.told };
  const reduction = aggregator.reduce(state, context);
  // Of an update nothing is kept but these: memory does not grow with the cohort.
  const participants: string[] = [];
  const lastWeights = new Map(weights);
  const dropped: Dropped[] = [];
  let [weightedLoss, totalWeight, seeded] = [0, 0, simulationOnly];
  const arrivals = collect({
    cohort,
    ask: async (clientId, signal) =>
      receive(await transport.fit(clientId, task, signal), {
        ...{ clientId, round, layout: payload.layout, event },
        countIsPublic: tools.protection.countIsPublic,
      }),
    concurrency: federation.concurrency ?? cohort.length,
    deadlineSeconds:
      plan.deadlineSeconds ?? federation.deadlineSeconds ?? (federation.simulationOnly ? Infinity : 3600),
    signal: federation.signal,
  });
  const take = (received: FitResult): FitResult | FedwardError => {
    try {
      const { update, taken } = server.receive(received);
      reduction.add(update);
      taken();
      return update;
    } catch (error) {
      if (isFedwardError(error)) return error;
      throw error;
    }
  };
  for await (const { clientId: id, outcome } of arrivals) {
    const update = outcome instanceof Error ? outcome : take(outcome);
    if (update instanceof Error) {
      const { code, message: reason } = update;
      if ((code === 'UPDATE_NOT_FINITE' || code === 'UPDATE_INVALID') && plan.onInvalidUpdate === 'fail') throw update;
      const lost = { id, code, reason, weightLost: weights.get(id) ?? null };
      dropped.push(lost);
      await log({ type: 'dropout', round, clientId: id, details: lost });
    } else {
      participants.push(id);
      lastWeights.set(id, update.weight);
      weightedLoss += update.weight * Number(update.metrics['loss']); // NaN where it is not told
      totalWeight += update.weight;
      seeded ||= update.simulationOnly;
    }
  }
  if (participants.length < plan.quorum) {
    const short = `${participants.length} of ${cohort.length} clients answered, the quorum is ${plan.quorum}`;
    const reasons = dropped.map(({ id, reason }) => `; ${id}: ${reason}`).join('');
    throw new FedwardError('QUORUM_NOT_MET', `round ${round}: ${short}${reasons}`, 'quorum');
  }

  const sum = reduction.finish();
  const { divisor } = sum;
  if (!(divisor > 0 && divisor < Infinity))
    throw new FedwardError('UPDATE_INVALID', `round ${round}: the weights add up to ${divisor}`, 'divisor');
  const lost = dropped.map(({ id }) => id);
  const details = { participants, dropped: lost, divisor, spent: event ?? null };
  await log({ type: 'aggregation', round, details });
  const noise = federation.noise?.(round) ?? new SecureNoise();
  const { released, states: remembered } = server.release(sum, noise);
  const notFinite = (what: string, tensor: string): never => {
    const message = `round ${round}: ${what} has a NaN or Infinity in tensor ${tensor}`;
    throw new FedwardError('UPDATE_NOT_FINITE', message, tensor);
  };
  const bad = released.payload.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    notFinite('the sum that was released', payload.layout.tensors.find((t) => bad < t.offset + t.size)?.name ?? '');
  seeded ||= noise.simulationOnly && mechanisms.some(({ onRelease }) => onRelease);
  const next = aggregator.apply(state, released, context);
  const tensor = findNonFinite(aggregator.parameters(next))?.name;
  if (tensor !== undefined) notFinite('the new model', tensor);
  const loss = weightedLoss / totalWeight;
  const trainLoss = Number.isFinite(loss) ? loss : null;
  const epsilon = tools.spending?.maximum ?? null;
  return {
    progress: { state: next, mechanisms: remembered, weights: lastWeights, simulationOnly: seeded },
    report: { round, participants, dropped, trainLoss, epsilon },
  };
}

/** Refuses the round, or books it for the whole cohort: who is asked may have spent, whatever comes back. */
async function charge(event: DpEvent, { plan, round, cohort }: RoundContext, tools: RoundTools): Promise<void> {
  const { spending, log, beforeRelease } = tools;
  if (!spending) throw incompatible('no accountant was given to price the mechanisms', 'privacy.accountant');
  try {
    if (plan.privacy?.budget) spending.assertWithin(plan.privacy.budget.epsilon, cohort, event, round);
  } catch (error) {
    const { code, message: reason } = error as FedwardError;
    await log({ type: 'refusal', round, details: { code, reason } });
    throw error;
  }
  for (const clientId of cohort) spending.charge(clientId, event);
  await beforeRelease();
}

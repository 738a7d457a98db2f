import { weightedSum } from '../aggregation/weighted-sum.js';
import { firstNonFinite } from '../base/finite.js';
import { cut, FedwardError, hasCode, incompatible, isFedwardError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import type { State } from '../base/state.js';
import type { Reduction, RoundContext } from '../interfaces/aggregator.js';
import type { Update } from '../interfaces/messages.js';
import type { DpEvent } from '../privacy/events.js';
import {
  byteLengthOf,
  digestTensors,
  findNonFinite,
  type Parameters,
  type Tensors,
  type TensorsForm,
} from '../parameters/parameters.js';
import { SecureNoise } from '../random/noise.js';
import { Arrived } from './arrived.js';
import { askingFor, askOf, deadlineOf } from './ask.js';
import { correcting } from './by-size.js';
import { charge } from './charge.js';
import { drawnIn, selectorOf } from './cohort.js';
import { failureOf } from './collect.js';
import { expanded } from './expand.js';
import { everyone } from './collector.js';
import { assertFrozen } from './frozen.js';
import type { Plan } from '../plan/plan.js';
import type { Federation, RoundReport } from './federation.js';
import type { Progress, RoundTools } from './progress.js';
import { serverSide, type ServerSide } from './server-side.js';

/** What a round comes to. */
export interface RoundOutcome<S extends State> {
  readonly progress: Progress<S>;
  readonly report: Omit<RoundReport, 'metrics'>;
}

/**
 * One round: choose, price, refuse or charge, instruct, collect, check, reduce in cohort order, quorum, log,
 * release, divide, apply. The state that comes in is left as it was. A round that too few answered is skipped where the
 * plan says so.
 */
export async function runRound<S extends State, M extends Tensors = Parameters>(
  federation: Federation<S, M>,
  before: Progress<S>,
  round: number,
  tools: RoundTools,
): Promise<RoundOutcome<S>> {
  const { plan } = federation;
  const context = contextOf(federation, round, tools);
  const { cohort, sampling } = context;
  const event = tools.protection.eventOf(round);
  if (event) await charge(event, context, tools);
  await tools.log.log({ type: 'round-start', round, details: { cohort, sampling } });
  const arrived = new Arrived(before, plan.onInvalidUpdate === 'fail', tools.log);
  try {
    return await carryOut(federation, before, context, tools, arrived, event);
  } catch (error) {
    if (plan.onMissedQuorum !== 'skip' || !hasCode(error, 'QUORUM_NOT_MET')) throw error;
    const failure = { code: error.code, reason: cut(error.message) };
    await tools.log.log({ type: 'round-failure', round, details: { ...failure, spent: event ?? null } });
    // What went out in vain is not counted.
    const bytes = bytesOf(federation, arrived, 0);
    const nobody = { participants: [], leftOut: [], stale: [], trainLoss: null, bytes };
    const report = { round, ...nobody, dropped: arrived.dropped, ...standing(tools, federation), failure };
    return { progress: { ...before, simulationOnly: arrived.simulationOnly }, report };
  }
}

/** What of a report stands however its round has ended. */
function standing(
  { collection, spending }: RoundTools,
  { clock }: Pick<Federation, 'clock'>,
): Pick<RoundReport, 'waiting' | 'epsilon' | 'simulatedSeconds'> {
  const time = clock && { simulatedSeconds: clock.now() };
  return { waiting: collection.underWay, epsilon: spending?.maximum ?? null, ...time };
}

function bytesOf<S extends State, M extends Tensors>(
  { compression }: Federation<S, M>,
  { bytes: received, uncompressed }: Arrived,
  sent: number,
): RoundReport['bytes'] {
  return { sent, received, ...(compression && { uncompressed }) };
}

/** What follows once a round has begun. @throws {FedwardError} QUORUM_NOT_MET where too few answered */
async function carryOut<S extends State, M extends Tensors>(
  federation: Federation<S, M>,
  before: Progress<S>,
  context: RoundContext,
  tools: RoundTools,
  arrived: Arrived,
  event: DpEvent | undefined,
): Promise<RoundOutcome<S>> {
  const { plan, aggregator, mechanisms = [], compression } = federation;
  const { round, cohort } = context;
  const { payload, instructions, expects } = aggregator.instruct(before.state, context);
  const expected: TensorsForm = expects ?? { layout: payload.layout, element: 'f32' };
  const server = serverSide(mechanisms, context, before.mechanisms, askOf(federation, context, tools));
  const absent = new Map<string, FedwardError>();
  const toSend = await server
    .prepare((id, error) => absent.set(id, failureOf(id, error)))
    .finally(async () => {
      for (const id of cohort) if (absent.has(id)) await arrived.drop(round, id, absent.get(id)!);
    });
  const asked = { ...{ runId: context.runId, round, planHash: tools.planHash, payload, instructions }, ...toSend };
  // What is summed; and what that is on its way.
  const summed = tools.protection.formOf(expected);
  const form = compression ? compression.form(summed) : summed;
  // What a mechanism has turned into another form only it can read, once it is a sum.
  const whose = summed === expected ? aggregator.reduce(before.state, context) : weightedSum(summed);
  const reduction = correcting(whose, context);
  const equal = !tools.protection.countIsPublic || summed !== expected;
  const counts = (records: number, id: string): number => (equal ? 1 : (aggregator.counts?.(records, id) ?? records));
  const counted = ({ clientId, weight }: Update): number => (equal ? weight : counts(weight, clientId));
  const told = (id: string): number | undefined => (equal ? 1 : weightOf(id, plan, before, counts));
  const arrivals = tools.collection.round({
    round,
    cohort: cohort.filter((id) => !absent.has(id)),
    ...askingFor(federation, tools, asked, cohort, before, { event, form }),
    collector: federation.collector ?? everyone,
    concurrency: federation.concurrency ?? Infinity,
    deadlineSeconds: deadlineOf(federation),
    clock: federation.clock,
    signal: federation.signal,
  });
  for await (const { clientId, baseRound, outcome } of arrivals) {
    const whole = (sent: Update): Update => expanded(sent, { compression, expected: summed });
    const update = outcome instanceof Error ? outcome : take(outcome, whole, server, reduction);
    if (!(outcome instanceof Error)) {
      arrived.bytes += outcome.payload.values.byteLength;
      arrived.uncompressed += byteLengthOf(summed);
    }
    if (update instanceof Error) await arrived.drop(round, clientId, update);
    else arrived.add(update, { baseRound, round, counted: counted(update) });
  }
  arrived.assertQuorum(context, tools.collection.underWay, told);
  const { leftOut = [], ...sum } = reduction.finish();
  await tools.log.log({ type: 'aggregation', round, details: arrived.details(sum.divisor, event, leftOut) });
  assertDivisor(round, sum.divisor);
  const noise = federation.noise?.(round) ?? new SecureNoise();
  const { released, said, states } = await server.release(sum, noise, arrived.summed(leftOut));
  const tells = Object.keys(said).length > 0;
  if (tells) await tools.log.log({ type: 'release', round, details: said });
  assertDivisor(round, released.divisor);
  assertReleased(round, released.payload, expected);
  const next = aggregator.apply(before.state, released, context);
  const model = aggregator.parameters(next);
  const tensor = findNonFinite(model)?.name;
  if (tensor !== undefined) throw notFinite(round, 'the new model', tensor);
  assertFrozen(round, plan, () => aggregator.parameters(before.state), model);
  const lost = arrived.lost(leftOut, tools.collection.underWay, told);
  await certified(federation, tools, context, arrived, {
    participants: arrived.participants,
    dropped: arrived.dropped.map(({ id, code, weightLost }) => ({ id, code, weightLost })),
    leftOut: leftOut.map(({ id, reason }) => ({ id, reason: cut(reason) })),
    lost: lost ? { ...lost } : null,
    models: () => [aggregator.parameters(before.state), model],
  });
  const seeded = noise.simulationOnly && mechanisms.some(({ onRelease }) => onRelease !== undefined);
  return {
    progress: {
      state: next,
      mechanisms: states,
      taken: arrived.taken(leftOut),
      simulationOnly: arrived.simulationOnly || seeded,
    },
    report: {
      ...{ round, participants: arrived.participants, dropped: arrived.dropped, leftOut },
      ...{ stale: arrived.stale, trainLoss: arrived.trainLoss, ...(tells && { told: said }) },
      bytes: bytesOf(federation, arrived, payload.values.byteLength * (cohort.length - absent.size)),
      ...(lost && { lost }),
      ...standing(tools, federation),
    },
  };
}

/** What a certificate says of a round beside what the sites have shown. */
interface ToCertify extends Readonly<Record<'participants' | 'dropped' | 'leftOut' | 'lost', Json>> {
  /** Before and after. */
  readonly models: () => readonly [Tensors, Tensors];
}

async function certified<S extends State, M extends Tensors>(
  { runId, certificates }: Federation<S, M>,
  { accounts, planHash, spending }: RoundTools,
  { round }: RoundContext,
  { participants }: Arrived,
  { models, ...details }: ToCertify,
): Promise<void> {
  if (!certificates) return;
  const [before, after] = models();
  const model = { before: digestTensors(before), after: digestTensors(after) };
  await accounts.certify(runId, round, participants, {
    planHash,
    ...details,
    model,
    epsilon: spending?.maximum ?? null,
  });
}

/**
 * Who is asked: of those that were chosen, all that are not still at work. Under a collector that ends a round early as
 * many as there is room for, so that nobody is charged, and then dropped, who was never asked.
 */
function contextOf<S extends State, M extends Tensors>(
  federation: Federation<S, M>,
  round: number,
  { random, collection }: RoundTools,
): RoundContext {
  const { plan, runId, transport, collector = everyone, concurrency = Infinity } = federation;
  const clients = transport.clients();
  const chosen = federation.selector
    ? federation.selector(clients, random.fork('cohort', round), round)
    : selectorOf(plan)(clients, random.fork('cohort', drawnIn(plan, round)), round);
  if (new Set(chosen.cohort).size < chosen.cohort.length)
    throw incompatible('the selector chose a client twice', 'selector');
  const atWork = new Set(collection.underWay);
  const free = atWork.size > 0 ? chosen.cohort.filter((id) => !atWork.has(id)) : chosen.cohort;
  const cohort = collector.enough ? free.slice(0, Math.max(0, concurrency - atWork.size)) : free;
  // Frozen: a transport in memory may then hand it on as it is, and not once a client.
  return { runId, round, plan, population: clients.length, ...chosen, cohort: Object.freeze([...cohort]) };
}

/** By how much a client counted when its update was last taken, else what follows from the records that the plan tells. */
function weightOf(
  id: string,
  { cohort }: Plan,
  { taken }: Pick<Progress<State>, 'taken'>,
  counts: (records: number, id: string) => number,
): number | undefined {
  return taken.get(id)?.weight ?? (cohort.select === 'by-size' ? counts(cohort.records[id]!, id) : undefined);
}

/** An update into the sum, by the mechanisms' leave; or why not. */
function take(
  sent: Update,
  whole: (sent: Update) => Update,
  server: ServerSide,
  reduction: Pick<Reduction, 'add'>,
): Update | FedwardError {
  try {
    const { update, taken } = server.receive(whole(sent));
    reduction.add(update);
    taken();
    return update;
  } catch (error) {
    if (isFedwardError(error)) return error;
    throw error;
  }
}

function assertDivisor(round: number, divisor: number): void {
  if (divisor > 0 && divisor < Infinity) return;
  throw new FedwardError('UPDATE_INVALID', `round ${round}: the weights add up to ${divisor}`, 'divisor');
}

function assertReleased(round: number, payload: Float64Array, { layout }: TensorsForm): void {
  if (payload.length !== layout.size) {
    const message = `round ${round}: the sum that was released has ${payload.length} values, ${layout.size} are expected`;
    throw new FedwardError('UPDATE_INVALID', message, 'payload');
  }
  const bad = firstNonFinite(payload);
  if (bad < 0) return;
  const tensor = layout.tensors.find(({ offset, size }) => bad < offset + size)?.name ?? '';
  throw notFinite(round, 'the sum that was released', tensor);
}

function notFinite(round: number, what: string, tensor: string): FedwardError {
  const message = `round ${round}: ${what} has a NaN or Infinity in tensor ${tensor}`;
  return new FedwardError('UPDATE_NOT_FINITE', message, tensor);
}

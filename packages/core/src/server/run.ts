import { throwIfAborted } from '../base/abort.js';
import { digestJson } from '../base/digest.js';
import { FedwardError, isFedwardError, wordsOf } from '../base/errors.js';
import type { Json } from '../base/json.js';
import type { State } from '../base/state.js';
import { createLayout, createTensors, digestTensors, shapesOf } from '../parameters/parameters.js';
import type { Parameters, Tensors } from '../parameters/parameters.js';
import { planHash as hashOf } from '../plan/plan.js';
import { protectionOf } from '../privacy/protection.js';
import { Spending } from '../privacy/spending.js';
import { Random } from '../random/random.js';
import { Accounts } from './accounts.js';
import { assertFederation } from './check.js';
import { CheckpointWriter } from './checkpoint-writer.js';
import { Collection } from './collect.js';
import type { Federation, FederationResult, RoundReport } from './federation.js';
import { Introductions } from './introductions.js';
import type { Progress, RoundTools } from './progress.js';
import { runRound } from './round.js';
import { RunLog } from './run-log.js';
import { RunMemory, type Remembered, type Report } from './run-memory.js';
import { Scoring } from './scoring.js';
import { initialStates } from './server-side.js';
import { mostListed, privacyStatement } from './statement.js';

/**
 * Runs a federation from its first round, or from its newest checkpoint, to its last, or until its aggregator says that it
 * is done.
 *
 * @throws {FedwardError} of the family `configuration` before anything was sent; of the family `run` later, and
 *   then the run can be resumed from its newest checkpoint
 */
export async function runFederation<S extends State, M extends Tensors = Parameters>(
  federation: Federation<S, M>,
): Promise<FederationResult<M>> {
  assertFederation(federation);
  const run = await begin(federation);
  try {
    return await untilDone(federation, run);
  } catch (error) {
    const code = isFedwardError(error) ? error.code : 'UNEXPECTED';
    const details = { code, reason: wordsOf(error) };
    // The log may be what failed: the first error is the one to report.
    await run.tools.log.log({ type: 'run-failure', round: run.memory.rounds.length, details }).catch(() => undefined);
    throw error;
  } finally {
    run.tools.collection.close();
    await run.checkpoints.settled();
  }
}

/** A run under way. */
interface Run<S extends State> {
  readonly memory: RunMemory<S>;
  readonly resumed: boolean;
  progress: Progress<S>;
  readonly tools: RoundTools;
  readonly remembered: () => Remembered<S>;
  readonly checkpoints: CheckpointWriter<S>;
}

/** As a run is before its first round here: anew, or as its newest checkpoint says. */
async function begin<S extends State, M extends Tensors>(federation: Federation<S, M>): Promise<Run<S>> {
  const { plan, aggregator, runId, transport, mechanisms, accountant, resume } = federation;
  const planHash = hashOf(plan);
  const protection = protectionOf(plan, mechanisms);
  const { adjacency } = protection;
  const memory = new RunMemory<S>(runId, planHash, federation.checkpoints);
  const saved = resume ? await memory.recall() : undefined;
  const delta = plan.privacy?.delta;
  const spending =
    adjacency && accountant && delta !== undefined
      ? new Spending(accountant, adjacency, delta, saved?.spent)
      : undefined;
  const population = transport.clients().length;
  const endedAt = memory.rounds.at(-1)?.simulatedSeconds;
  if (endedAt !== undefined) federation.clock?.goOnFrom(endedAt);
  const progress: Progress<S> = {
    state: saved ? saved.aggregator : aggregator.init(initialOf(federation), { plan, population }),
    mechanisms: saved ? saved.mechanisms : initialStates(plan, mechanisms),
    taken: saved?.taken ?? new Map(),
    simulationOnly: federation.simulationOnly || saved?.simulationOnly || false,
  };
  // What a site's half of a strategy remembers is let go once a later update is in the server's state, which must last then.
  const repeatable =
    (federation.simulationOnly || !adjacency) && aggregator.strategy === undefined && !federation.compression;
  const checkpoints = new CheckpointWriter(memory, repeatable);
  const introductions = new Introductions(transport, plan, planHash, {
    ...(aggregator.strategy !== undefined && { strategy: aggregator.strategy }),
    ...(federation.initial && { model: digestJson(shapesOf(federation.initial.layout)) }),
  });
  const log = new RunLog(runId, federation.audit, federation.now ?? (() => new Date().toISOString()));
  const { audit, witness, certificates } = federation;
  const run: Run<S> = {
    memory,
    checkpoints,
    resumed: saved !== undefined,
    progress,
    remembered: () => {
      const { state, mechanisms, taken, simulationOnly } = run.progress;
      const done = aggregator.done?.(state) ?? null;
      const spent = spending?.spent ?? {};
      return { aggregator: state, mechanisms, taken, spent, simulationOnly, done };
    },
    tools: {
      planHash,
      random: new Random(plan.seed),
      protection,
      spending,
      collection: new Collection(),
      introductions,
      log,
      accounts: new Accounts({ audit, witness, certificates }, log, introductions),
      // A round that is run again after a crash repeats its noise only in a simulation. Else the charge must outlive
      // the crash, so it is written down before anything is sent. No client has a say in that.
      beforeRelease: async () => {
        if (!federation.simulationOnly) await checkpoints.charged(run.remembered());
      },
    },
  };
  return run;
}

async function untilDone<S extends State, M extends Tensors>(
  federation: Federation<S, M>,
  run: Run<S>,
): Promise<FederationResult<M>> {
  const { plan, aggregator, runId, signal, transport } = federation;
  const { memory, tools, checkpoints } = run;
  const { rounds } = memory;
  const { log, introductions, planHash, protection, spending } = tools;
  const clients = transport.clients();
  if (clients.length <= mostListed) await introductions.meetAll(clients, plan.quorum, signal);
  const start = { plan: plan.name, planHash, rounds: plan.rounds, fromRound: rounds.length, seed: plan.seed };
  await log.log({
    type: run.resumed ? 'run-resume' : 'run-start',
    details: {
      ...{ ...start, simulationOnly: run.progress.simulationOnly, clients: listed(clients) },
      sites: introductions.said,
    },
  });
  const scoring = new Scoring(federation, tools);
  const doneWith = (): string | undefined => aggregator.done?.(run.progress.state);
  const over = (): boolean => rounds.length === plan.rounds || doneWith() !== undefined;
  await scoring.scoreNewest(memory, run.progress, over());
  while (!over()) {
    throwIfAborted(signal);
    const { progress, report } = await runRound(federation, run.progress, rounds.length, tools);
    run.progress = progress;
    rounds.push(report);
    const last = over();
    await scoring.scoreNewest(memory, progress, last, checkpoints.afterRound(run.remembered(), last));
  }
  assertAnyRound(rounds);
  const model = aggregator.parameters(run.progress.state);
  const { simulationOnly } = run.progress;
  const sites = introductions.descriptions;
  const privacy = privacyStatement({ ...federation, protection, spending, simulationOnly, sites });
  const done = doneWith() ?? null;
  const end = { rounds: rounds.length, modelSha256: digestTensors(model), simulationOnly };
  await log.log({ type: 'run-end', details: { ...end, ...(done !== null && { done }), privacy: privacy as Json } });
  const runsOn = clients.length > mostListed ? {} : introductions.runsOn;
  return { runId, planHash, model, rounds: rounds as RoundReport[], done, privacy, simulationOnly, runsOn };
}

/** @throws {FedwardError} QUORUM_NOT_MET where each round was skipped: the model is the one that the run began with */
function assertAnyRound(rounds: readonly Report[]): void {
  const failures = rounds.flatMap(({ failure }) => failure ?? []);
  if (failures.length === 0 || failures.length < rounds.length) return;
  const message = `none of ${rounds.length} rounds had enough updates; the last: ${failures.at(-1)!.reason}`;
  throw new FedwardError('QUORUM_NOT_MET', message, 'quorum');
}

/** For a query without a start: no tensors at all. */
function initialOf<S extends State, M extends Tensors>({ initial }: Federation<S, M>): M {
  return initial ?? (createTensors({ layout: createLayout([]), element: 'f64' }) as M);
}

/** The ids, or of a large population their number and digest (of their canonical JSON). */
function listed(ids: readonly string[]): Json {
  return ids.length > mostListed ? { number: ids.length, digest: digestJson(ids) } : ids;
}

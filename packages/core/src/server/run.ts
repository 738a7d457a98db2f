import { throwIfAborted } from '../base/abort.js';
import { digestJson } from '../base/digest.js';
import { isFedwardError, wordsOf } from '../base/errors.js';
import type { Metrics } from '../interfaces/messages.js';
import type { Json } from '../base/json.js';
import { Random } from '../random/random.js';
import { digestParameters, type Parameters as Model } from '../parameters/parameters.js';
import { planHash as hashOf } from '../plan/plan.js';
import type { State } from '../base/state.js';
import { checkFederation } from './check.js';
import type { Federation, FederationResult, RoundReport } from './federation.js';
import { protectionOf } from '../privacy/protection.js';
import { runRound, type Progress, type RoundTools } from './round.js';
import { RunMemory } from './run-memory.js';
import { initialStates } from './server-side.js';
import { Spending } from '../privacy/spending.js';
import { mostListed, privacyStatement } from './statement.js';

/**
 * Runs a federation from its first round, or from its newest checkpoint, to its last.
 *
 * @throws {FedwardError} of the family `configuration` before anything was sent; of the family `run` later, and
 *   then the run can be resumed from its newest checkpoint
 */
export async function runFederation<S extends State>(federation: Federation<S>): Promise<FederationResult> {
  const { plan, aggregator, runId, audit, checkpoints, transport } = federation;
  checkFederation(federation);
  const planHash = hashOf(plan);
  const protection = protectionOf(plan, federation.mechanisms);
  const now = federation.now ?? (() => new Date().toISOString());

  const memory = new RunMemory<S>(runId, planHash, checkpoints);
  const { rounds } = memory;
  const saved = federation.resume ? await memory.recall() : undefined;
  let progress: Progress<S> = {
    state: saved ? saved.aggregator : aggregator.init(federation.initial),
    mechanisms: saved ? saved.mechanisms : initialStates(plan, federation.mechanisms),
    weights: new Map(Object.entries(saved?.weights ?? {})),
    simulationOnly: federation.simulationOnly || saved?.simulationOnly || false,
  };
  const { adjacency } = protection;
  const spending =
    adjacency && federation.accountant && plan.privacy
      ? new Spending(federation.accountant, adjacency, plan.privacy.delta, saved?.ledgers)
      : undefined;

  const append = async (event: Parameters<RoundTools['log']>[0]): Promise<void> => {
    await audit?.append({ ...event, time: now(), runId });
  };
  /** An event that nothing depends on yet: whatever is logged next waits for both, and the sink may write them at once. */
  let owed: Promise<void> | undefined;
  const logSoon = (event: Parameters<typeof append>[0]): void => {
    owed = append(event);
    owed.catch(() => undefined); // told by the next
  };
  const log: RoundTools['log'] = async (event) => {
    await Promise.all([owed, append(event)]);
    owed = undefined;
  };
  const checkpoint = async (charged: boolean): Promise<void> => {
    const { state: aggregator, mechanisms, weights, simulationOnly } = progress;
    const ledgers = spending?.ledgers ?? {};
    const remembered = { aggregator, mechanisms, ledgers, simulationOnly, weights: Object.fromEntries(weights) };
    await memory.save(remembered, charged);
  };
  /**
   * A round whose noise nobody chose anew gives the same when it is run again after a crash: its checkpoint may be on the
   * way to the disk while the next round runs. Else the next must wait for it.
   */
  const repeatable = federation.simulationOnly || !adjacency;
  let onTheWay: Promise<void> = Promise.resolve();
  const checkpointSoon = async (): Promise<void> => {
    await onTheWay;
    onTheWay = checkpoint(false);
    onTheWay.catch(() => undefined); // told by the next
    if (!repeatable || rounds.length === plan.rounds) await onTheWay;
  };
  /**
   * Runs while the checkpoint is written, but counts for nothing before it is, so that a failure here costs no round; it
   * is then the first thing of a resumed run.
   */
  const evaluateNewest = async (saved: Promise<void>): Promise<void> => {
    const newest = rounds.at(-1);
    if (!newest || newest.metrics) return saved;
    const { round } = newest;
    const scored = scoresOf(federation, aggregator.parameters(progress.state), round);
    scored.catch(() => undefined); // the checkpoint's failure comes first
    await saved;
    const scores = await scored;
    const metrics = Object.fromEntries(Object.entries(scores).filter(([, score]) => Number.isFinite(score)));
    if (federation.evaluate) logSoon({ type: 'evaluation', round, details: { metrics } });
    const report = { ...newest, metrics };
    rounds[round] = report;
    await federation.onRound?.(report);
  };

  try {
    const start = { plan: plan.name, planHash, rounds: plan.rounds, fromRound: rounds.length, seed: plan.seed };
    const details = { ...start, simulationOnly: progress.simulationOnly, clients: listed(transport.clients()) };
    await log({ type: saved ? 'run-resume' : 'run-start', details });
    await evaluateNewest(Promise.resolve());
    const tools: RoundTools = {
      planHash,
      random: new Random(plan.seed),
      protection,
      spending,
      log,
      // A round that is run again after a crash repeats its noise only in a simulation. Else the charge must outlive
      // the crash, so it is written down before anything is sent. No client has a say in that.
      beforeRelease: async () => {
        if (!federation.simulationOnly) await checkpoint(true);
      },
    };
    while (rounds.length < plan.rounds) {
      throwIfAborted(federation.signal);
      const done = await runRound(federation, progress, rounds.length, tools);
      progress = done.progress;
      rounds.push(done.report);
      await evaluateNewest(checkpointSoon());
    }
    const model = aggregator.parameters(progress.state);
    const { simulationOnly } = progress;
    const privacy = privacyStatement(federation, protection, spending, simulationOnly);
    const end = { rounds: rounds.length, modelSha256: digestParameters(model), simulationOnly };
    await log({ type: 'run-end', details: { ...end, privacy: privacy as Json } });
    return { runId, planHash, model, rounds: rounds as RoundReport[], privacy, simulationOnly };
  } catch (error) {
    const code = isFedwardError(error) ? error.code : 'UNEXPECTED';
    const reason = wordsOf(error);
    // The log may be what failed: the first error is the one to report.
    await log({ type: 'run-failure', round: rounds.length, details: { code, reason } }).catch(() => undefined);
    throw error;
  }
}

async function scoresOf<S extends State>({ evaluate }: Federation<S>, model: Model, round: number): Promise<Metrics> {
  return (await evaluate?.(model, round)) ?? {};
}

/** The ids, or of a large population their number and digest (of their canonical JSON). */
function listed(ids: readonly string[]): Json {
  return ids.length > mostListed ? { number: ids.length, digest: digestJson(ids) } : ids;
}

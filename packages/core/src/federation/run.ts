import { FedwardError, isFedwardError } from '../errors.js';
import type { AuditEvent } from '../interfaces/audit.js';
import { canonicalJson, type Json, type JsonObject } from '../json.js';
import type { DpEvent } from '../numeric/dp-event.js';
import { Random } from '../numeric/random.js';
import { digestParameters } from '../parameters.js';
import { planHash } from '../plan/plan.js';
import type { State } from '../state.js';
import { checkFederation } from './check.js';
import type { Federation, FederationResult, RoundReport } from './federation.js';
import { runRound, type Progress } from './round.js';
import { adjacencyOf, Spending } from './spending.js';
import { privacyStatement } from './statement.js';

/**
 * Runs a federation from its first round, or from its newest checkpoint, to its last.
 *
 * @throws {FedwardError} of the family `configuration` before anything was sent; of the family `run` later, and
 *   then the run can be resumed from its newest checkpoint
 */
export async function runFederation<S extends State>(federation: Federation<S>): Promise<FederationResult> {
  const { plan, aggregator, runId, audit, checkpoints, mechanisms = [], transport } = federation;
  checkFederation(federation as unknown as Federation);
  const hash = planHash(plan);
  const now = federation.now ?? (() => new Date().toISOString());

  const saved = federation.resume ? await checkpoints?.load(runId) : undefined;
  if (saved && saved.planHash !== hash)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `run ${runId} was started under plan ${saved.planHash}, this is ${hash}: resume with the same plan`,
      'resume',
    );
  const memory = saved ? recall<S>(saved.state) : undefined;
  let progress: Progress<S> = memory?.progress ?? {
    state: aggregator.init(federation.initial),
    weights: {},
    simulationOnly: federation.simulationOnly ?? false,
  };
  const rounds: RoundReport[] = [...(memory?.rounds ?? [])];
  const adjacency = adjacencyOf(mechanisms);
  const spending =
    adjacency && federation.accountant && plan.privacy
      ? new Spending(federation.accountant, adjacency, plan.privacy.delta, memory?.ledgers)
      : undefined;

  const log = async (event: Pick<AuditEvent, 'type' | 'round' | 'clientId' | 'details'>): Promise<void> => {
    await audit?.append({ ...event, time: now(), runId });
  };
  const checkpoint = async (nextRound: number): Promise<void> => {
    const state = remember(progress, rounds, spending?.ledgers ?? {});
    await checkpoints?.save({ runId, planHash: hash, nextRound, state });
  };
  // A round that is run again after a crash repeats its noise only in a simulation. With secret noise the
  // charge must outlive the crash, so it is written down before anything is sent.
  const beforeRelease = async (): Promise<void> => {
    if (!progress.simulationOnly) await checkpoint(rounds.length);
  };

  try {
    const { name, rounds: total, seed } = plan;
    const start = { plan: name, planHash: hash, rounds: total, simulationOnly: progress.simulationOnly };
    await log({
      type: saved ? 'run-resume' : 'run-start',
      details: { ...start, fromRound: rounds.length, seed, clients: [...transport.clients()] },
    });
    const random = new Random(plan.seed);
    const tools = { hash, random, spending, log, beforeRelease };
    for (let round = rounds.length; round < plan.rounds; round++) {
      const done = await runRound(federation, progress, round, tools);
      const metrics = (await federation.evaluate?.(aggregator.parameters(done.progress.state), round)) ?? {};
      if (federation.evaluate) await log({ type: 'evaluation', round, details: { metrics } });
      progress = done.progress;
      const report = { ...done.report, metrics };
      rounds.push(report);
      await checkpoint(round + 1);
      federation.onRound?.(report);
    }
    const model = aggregator.parameters(progress.state);
    const privacy = privacyStatement(federation as unknown as Federation, spending);
    await log({
      type: 'run-end',
      details: { rounds: rounds.length, modelSha256: digestParameters(model), privacy: privacy as Json },
    });
    return { runId, planHash: hash, model, rounds, privacy, simulationOnly: progress.simulationOnly };
  } catch (error) {
    await logFailure(error);
    throw error;
  }

  /** The log may be what failed: the first error is the one to report. */
  async function logFailure(error: unknown): Promise<void> {
    const code = isFedwardError(error) ? error.code : 'UNEXPECTED';
    const reason = error instanceof Error ? error.message : String(error);
    await log({ type: 'run-failure', round: rounds.length, details: { code, reason } }).catch(() => undefined);
  }
}

/** A run's memory as State, for a checkpoint. JSON stands as text where its own types are no State. */
function remember<S extends State>(
  { state, weights, simulationOnly }: Progress<S>,
  rounds: readonly RoundReport[],
  ledgers: Readonly<Record<string, DpEvent>>,
): State {
  return { aggregator: state, json: canonicalJson({ weights, simulationOnly, rounds, ledgers }) };
}

function recall<S extends State>(
  state: State,
): {
  readonly progress: Progress<S>;
  readonly rounds: readonly RoundReport[];
  readonly ledgers: Readonly<Record<string, DpEvent>>;
} {
  const { aggregator, json } = state as { aggregator: S; json: string };
  const { weights, simulationOnly, rounds, ledgers } = JSON.parse(json) as JsonObject;
  return {
    progress: {
      state: aggregator,
      weights: weights as Record<string, number>,
      simulationOnly: Boolean(simulationOnly),
    },
    rounds: rounds as unknown as RoundReport[],
    ledgers: ledgers as unknown as Record<string, DpEvent>,
  };
}

import type { State } from '../base/state.js';
import type { Metrics } from '../interfaces/messages.js';
import type { Tensors } from '../parameters/parameters.js';
import { isTrainingPlan } from '../plan/plan.js';
import { deadlineOf } from './ask.js';
import type { Federation, SiteScores } from './federation.js';
import type { Progress, RoundTools } from './progress.js';
import type { RunMemory } from './run-memory.js';
import { siteScores } from './site-scores.js';

/** Scores a run's newest model: where the server may see data, and at the sites where the plan says so. */
export class Scoring<S extends State, M extends Tensors> {
  constructor(
    private readonly federation: Federation<S, M>,
    private readonly tools: RoundTools,
  ) {}

  /**
   * Runs while the checkpoint is written, but counts for nothing before it is, so that a failure here costs no round; it
   * is then the first thing of a resumed run.
   *
   * @param last true where no round follows
   */
  async scoreNewest(
    { rounds }: RunMemory<S>,
    progress: Progress<S>,
    last: boolean,
    saved: Promise<void> = Promise.resolve(),
  ): Promise<void> {
    const newest = rounds.at(-1);
    if (!newest || newest.metrics) return saved;
    const { round } = newest;
    const { aggregator, evaluate } = this.federation;
    saved.catch(() => undefined); // its failure is told by the wait below, whatever fails before that
    const model = aggregator.parameters(progress.state);
    const scored = (async () => (await evaluate?.(model, round)) ?? {})();
    scored.catch(() => undefined); // the checkpoint's failure comes first
    await saved;
    const metrics = finite(await scored);
    const atSites = await this.#atSites(model, round, progress, last);
    if (evaluate) this.tools.log.logSoon({ type: 'evaluation', round, details: { metrics } });
    const { spending } = this.tools;
    // What scores cost is in the round's epsilon.
    const report = {
      ...{ ...newest, metrics },
      ...(atSites && { siteScores: atSites, epsilon: spending?.maximum ?? null }),
    };
    rounds[round] = report;
    await this.federation.onRound?.(report);
  }

  async #atSites(model: M, round: number, { taken }: Progress<S>, last: boolean): Promise<SiteScores | undefined> {
    const { plan, runId, transport, concurrency, signal } = this.federation;
    if (!isTrainingPlan(plan) || !plan.evaluation) return undefined;
    if (!last && (round + 1) % plan.evaluation.every !== 0) return undefined;
    const { planHash, log, accounts, protection, spending, beforeRelease } = this.tools;
    const event = protection.evaluationEventOf(round);
    const ids = transport.clients();
    if (event && spending) {
      if (plan.privacy?.budget) spending.assertWithin(plan.privacy.budget.epsilon, ids, event, round);
      for (const id of ids) spending.charge(id, event);
      await beforeRelease();
    }
    const scores = await siteScores({
      transport,
      ids, // those that were charged: others may have come since
      // In terms of the round that was just done: its update counts, where it was taken.
      taskFor: async (id) => ({
        ...{ runId, round, planHash, payload: model, taken: taken.get(id)?.round ?? null },
        ...(await accounts.shownTo(id)),
      }),
      onScored: (id, task) => accounts.noted(id, task),
      concurrency: concurrency ?? ids.length,
      deadlineSeconds: this.federation.clock ? Infinity : deadlineOf(this.federation),
      signal,
    });
    const { metrics, failed } = scores;
    const details = {
      atSites: true,
      metrics,
      failed: failed.map(({ id, code }) => ({ id, code })),
      spent: event ?? null,
    };
    log.logSoon({ type: 'evaluation', round, details });
    return scores;
  }
}

function finite(scores: Metrics): Metrics {
  return Object.fromEntries(Object.entries(scores).filter(([, score]) => Number.isFinite(score)));
}

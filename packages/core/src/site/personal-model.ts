import { incompatible } from '../base/errors.js';
import type { EvaluateTask } from '../interfaces/messages.js';
import type { Parameters } from '../parameters/parameters.js';
import { isTrainingPlan } from '../plan/plan.js';
import { protectionOf } from '../privacy/protection.js';
import { secretRandomness } from '../random/randomness.js';
import { memoryClientStore } from '../memory/stores.js';
import type { SiteOptions } from './options.js';
import { streamsOf } from './promises.js';
import { assertRecords, recordsOf } from './records.js';
import { trainingWork } from './training-work.js';

/** Of a round that is done: the model after it, and the round of the site's update that was taken last. */
export type PersonalAt = Pick<EvaluateTask, 'runId' | 'round' | 'payload' | 'taken'>;

/**
 * The model that evaluation at a site scores after a round, for the site's own people: what its strategy makes of the global
 * model, what the site remembers and, where it trains, its records. Nothing is asked of a ledger, logged or sent: nothing of
 * it leaves, and nothing protects it, so that whoever hands it on hands on what it tells of the site's patients.
 *
 * @returns what was sent, where the strategy makes no personal model
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan without training or without its trainer, and as `createSite`;
 *   ABORTED; what the trainer and the strategy throw
 */
export async function personalModelOf(
  options: SiteOptions,
  { runId, round, payload, taken }: PersonalAt,
  signal: AbortSignal = new AbortController().signal,
): Promise<Parameters> {
  const { id, plan, trainer, strategy, mechanisms = [] } = options;
  const { store = memoryClientStore(), randomness = secretRandomness() } = options;
  if (!isTrainingPlan(plan) || !trainer)
    throw incompatible(`${id} has no training to make a personal model by`, 'trainer');
  const protection = protectionOf(plan, mechanisms);
  const work = trainingWork(plan, trainer, strategy, protection);
  await work.prepare();
  const task = { runId, round, payload, taken, planHash: '' };
  work.assertTask(task);
  const key = { runId, clientId: id, strategy: work.strategy };
  return work.scored!({
    ...{ clientId: id, task, signal },
    state: taken === null ? null : ((await store.load(key, taken)) ?? null),
    streams: streamsOf(randomness, id, round, protection.adjacency),
    data: recordsOf(options, (data) => assertRecords(data, id, plan, protection, work)),
  });
}

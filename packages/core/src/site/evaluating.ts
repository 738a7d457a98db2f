import { throwIfAborted } from '../base/abort.js';
import { FedwardError, incompatible } from '../base/errors.js';
import type { State } from '../base/state.js';
import type { Client } from '../interfaces/client.js';
import type { EvaluateResult, Task } from '../interfaces/messages.js';
import type { TrainingData } from '../interfaces/trainer.js';
import { isTrainingPlan } from '../plan/plan.js';
import type { DpEvent } from '../privacy/events.js';
import { digestTask } from './gate.js';
import type { Office } from './office.js';
import type { SharedSiteOptions } from './options.js';
import { streamsOf, type Streams } from './promises.js';
import { assertRecords, assertScorePaid, assertSeparate, recordsOf } from './records.js';
import type { Work } from './work.js';

/** What a site scores models on. */
interface TestPart {
  readonly data: TrainingData;
  readonly metrics: NonNullable<SharedSiteOptions['metrics']>;
  readonly scored: NonNullable<Work['scored']>;
  readonly predict: NonNullable<Work['predict']>;
}

/** What was let in, and what it needs. */
interface Admitted {
  readonly streams: Streams;
  readonly tested: TestPart;
  readonly state: State;
  readonly event: DpEvent | undefined;
}

/** How a site scores a model on its own test part: gate, ledger, scores, mechanisms, log. */
export function evaluating(office: Office): Client['evaluate'] {
  const { common, own, id, secret } = office;
  const { plan, work, mechanisms, randomness, protection, metrics } = common;
  const { adjacency, countIsPublic, evaluationEventOf } = protection;
  const { testData } = own;
  const dataOf = recordsOf(own, (data) => assertRecords(data, id, plan, protection, work));
  if (testData && adjacency && evaluationEventOf(0)) assertSeparate(testData, id, plan, 'testData');
  /** The newest scores, for a task that comes again; only where they could not be computed again. */
  let scored: { readonly task: string; readonly result: EvaluateResult } | undefined;

  const admit = async (task: Parameters<Client['evaluate']>[0], asked: Task): Promise<Admitted | undefined> => {
    await office.assertTask(task);
    await office.ownLog.witnessed(task);
    if (adjacency && !evaluationEventOf(task.round))
      throw incompatible(`${id}: evaluation at the site is not paid for by the plan's privacy mechanism`, 'privacy');
    assertScorePaid(work, protection);
    if (!isTrainingPlan(plan) || !plan.evaluation)
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved a plan without evaluation at the sites`, id);
    if (!testData || !metrics || !work.scored || !work.predict)
      throw new FedwardError('CONFIG_INVALID', `${id} was given no test data or no metrics`, 'testData');
    if (secret && scored?.task === digestTask(asked)) {
      await office.log(task, 'answer-repeated', { evaluation: true });
      return undefined;
    }
    const streams = streamsOf(randomness, id, task.round, adjacency);
    const tested: TestPart = { data: testData, metrics, scored: work.scored, predict: work.predict };
    const state = await office.remembered(task);
    return { streams, tested, state, event: await office.admission.admit(task, 'evaluation') };
  };

  const score = async (task: Task, admitted: Admitted, signal: AbortSignal): Promise<EvaluateResult> => {
    const { state, streams, tested } = admitted;
    const model = await tested.scored({ clientId: id, task, state, streams, signal, data: dataOf });
    const outputs = await tested.predict(model, tested.data);
    const weight = countIsPublic ? tested.data.count : 1;
    let result: EvaluateResult = { clientId: id, weight, metrics: tested.metrics(outputs, tested.data.labels) };
    for (const mechanism of mechanisms)
      if (mechanism.onEvaluate)
        result = await mechanism.onEvaluate(result, office.siteContext(task, mechanism.name, streams));
    return result;
  };

  return async (task, signal) => {
    throwIfAborted(signal);
    const asked: Task = { ...task, cohort: [id], instructions: {} };
    const admitted = await office.gated(task, () => admit(task, asked));
    // Where the site's log stands is the site's to say, and no mechanism's.
    const withHead = async ({ head: _, ...result }: EvaluateResult): Promise<EvaluateResult> => ({
      ...result,
      ...(await office.ownLog.vouched(task, undefined, undefined)),
    });
    if (!admitted) return withHead(structuredClone(scored!.result));
    const result = await score(asked, admitted, signal).catch(office.failed(asked, 'evaluation'));
    await office.log(task, 'evaluation', { spent: admitted.event ?? null });
    if (secret) scored = { task: digestTask(asked), result: structuredClone(result) };
    return withHead(result);
  };
}

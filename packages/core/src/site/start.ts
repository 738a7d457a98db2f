import { FedwardError, incompatible } from '../base/errors.js';
import type { EvaluateTask, Task } from '../interfaces/messages.js';
import { digestTensors } from '../parameters/parameters.js';
import type { Work } from './work.js';

/**
 * That the model of a plan's first round is the one that was approved. Later rounds hang on what other sites have sent: of
 * them a site can't know.
 * @param startsFrom `sha256:` and what `digestTensors` makes of the approved weights
 * @throws {FedwardError} PLAN_NOT_APPROVED naming both digests, and where a payload does not show its model
 */
export function assertStart(task: Task | EvaluateTask, startsFrom: string, work: Work, clientId: string): void {
  if (task.round !== 0 || !('instructions' in task)) return;
  const sent = `sha256:${digestOfModel(task, work) ?? ''}`;
  if (sent === startsFrom) return;
  const was = sent === 'sha256:' ? 'a payload that does not show its model' : `the weights ${sent}`;
  throw new FedwardError(
    'PLAN_NOT_APPROVED',
    `${clientId} has approved a start from the weights ${startsFrom}, was sent ${was}`,
    clientId,
  );
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a query, which has no weights */
export function assertMayStart(startsFrom: string | undefined, work: Work): void {
  if (startsFrom !== undefined && !work.modelIn)
    throw incompatible('a query starts from no weights, and some were approved', 'startsFrom');
}

function digestOfModel({ payload }: Task, work: Work): string | undefined {
  try {
    return digestTensors(work.modelIn!(payload));
  } catch {
    return undefined;
  }
}

import { FedwardError } from '../base/errors.js';
import type { AnswerKey, AnswerStore } from '../interfaces/answers.js';
import type { Task } from '../interfaces/messages.js';
import type { Plan } from '../plan/plan.js';
import type { DpEvent } from '../privacy/events.js';
import type { Protection } from '../privacy/protection.js';
import type { SiteLedger } from './ledger.js';

/** Which release of a round is about to be made. */
export type Release = AnswerKey['release'];

/** Charges what leaves a site before anything is computed, or counts it where no ledger does. */
export interface Admission {
  /**
   * @returns what the release spends of the site's data; undefined where nothing has a price
   * @throws {FedwardError} what the ledger refuses with; PLAN_NOT_APPROVED for an answer more than the plan allows
   */
  admit(task: Pick<Task, 'runId' | 'round'>, release?: Release): Promise<DpEvent | undefined>;
  /** Of what nothing came out. What a ledger has charged stays charged. */
  giveBack(task: Pick<Task, 'runId' | 'round'>, release: Release): Promise<void>;
}

export function admissionOf(
  { plan, planHash, clientId }: { readonly plan: Plan; readonly planHash: string; readonly clientId: string },
  { adjacency, eventOf, evaluationEventOf }: Protection,
  simulationOnly: boolean,
  ledger: SiteLedger | undefined,
  answers: AnswerStore,
): Admission {
  /** True where what leaves is protected by noise that nobody can foretell: not to be had twice at one price. */
  const counted = adjacency !== undefined && !simulationOnly && !ledger;
  const keyOf = ({ runId, round }: Pick<Task, 'runId' | 'round'>, release: Release): AnswerKey => ({
    ...{ clientId, planHash, runId, round, release },
  });
  return {
    async admit(task, release = 'answer') {
      const { runId, round } = task;
      const event = release === 'answer' ? eventOf(round) : evaluationEventOf(round);
      if (!event || !plan.privacy || !adjacency) return event;
      const { unit } = plan.privacy;
      await ledger?.charge({ planHash, runId, round, unit, adjacency, simulationOnly, event });
      if (counted && !(await answers.take(keyOf(task, release), plan.rounds)))
        throw new FedwardError(
          'PLAN_NOT_APPROVED',
          `${clientId} has ${release === 'answer' ? 'answered' : 'evaluated'} round ${round} of run ${runId} already, or ` +
            `all ${plan.rounds} rounds that it approved: another ${release} would be one release more`,
          clientId,
        );
      return event;
    },
    async giveBack(task, release) {
      if (counted) await answers.giveBack(keyOf(task, release));
    },
  };
}

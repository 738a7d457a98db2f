import type { FedwardError } from '../base/errors.js';
import { incompatible } from '../base/errors.js';
import type { RoundContext } from '../interfaces/aggregator.js';
import type { DpEvent } from '../privacy/events.js';
import type { RoundTools } from './progress.js';

/** Refuses the round, or books it for the whole cohort: who is asked may have spent, whatever comes back. */
export async function charge(event: DpEvent, { plan, round, cohort }: RoundContext, tools: RoundTools): Promise<void> {
  const { spending, log, beforeRelease } = tools;
  if (!spending) throw incompatible('no accountant was given to price the mechanisms', 'privacy.accountant');
  try {
    if (plan.privacy?.budget) spending.assertWithin(plan.privacy.budget.epsilon, cohort, event, round);
  } catch (error) {
    const { code, message: reason } = error as FedwardError;
    await log.log({ type: 'refusal', round, details: { code, reason } });
    throw error;
  }
  for (const clientId of cohort) spending.charge(clientId, event);
  await beforeRelease();
}

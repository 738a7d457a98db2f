import { assertInteger } from '../assert.js';
import { FedwardError } from '../errors.js';
import { composeEvents } from '../numeric/dp-event.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { Federation } from './federation.js';
import { incompatible, protectionOf } from './protection.js';

/**
 * Everything that can be known to be wrong before round 0.
 * @throws {FedwardError} CONFIG_INVALID, CONFIG_INCOMPATIBLE or EVENT_UNSUPPORTED, naming the key
 */
export function checkFederation(federation: Federation): void {
  const { plan, aggregator, transport, mechanisms = [], concurrency = 1 } = federation;
  const clients = transport.clients().length;
  const asked = leastAsked(plan, clients);
  if (clients === 0) throw invalid('clients', 'there are no clients');
  if (asked > clients) throw invalid('cohort.size', `cohort.size is ${asked}, there are ${clients} clients`);
  if (asked === 0)
    throw invalid('cohort.groups', `there are ${clients} clients, cohort.groups are more: a round would ask nobody`);
  if (plan.quorum > asked) throw invalid('quorum', `quorum is ${plan.quorum}, each round asks ${asked}`);
  assertInteger('concurrency', concurrency, 1);
  if (aggregator.name !== plan.aggregator.name)
    throw incompatible(`the plan names aggregator ${plan.aggregator.name}, given was ${aggregator.name}`, 'aggregator');
  for (const { name, requires, removes } of mechanisms) {
    const missing = requires.find((capability) => !aggregator.provides.includes(capability));
    if (missing) throw incompatible(`${name} needs ${missing}, which aggregator ${aggregator.name} does not provide`);
    const removed = aggregator.requires.find((capability) => removes?.includes(capability));
    if (removed) throw incompatible(`aggregator ${aggregator.name} needs ${removed}, which ${name} takes away`);
  }
  checkPrivacy(federation);
}

/** How many clients a round asks, at the least. */
function leastAsked({ cohort }: TrainingPlan, clients: number): number {
  if (cohort.select === 'uniform') return cohort.size;
  return cohort.select === 'cyclic' ? Math.floor(clients / cohort.groups) : clients;
}

/** Every round must have a price before the first is sent. */
function checkPrivacy({ plan, mechanisms, accountant }: Federation): void {
  const { adjacency, eventOf } = protectionOf(plan, mechanisms);
  const events = Array.from({ length: plan.rounds }, (_, round) => eventOf(round) ?? []).flat();
  if (!adjacency) {
    if (!plan.privacy?.budget) return;
    throw incompatible('there is a privacy budget, but no mechanism says what it spends', 'privacy.budget');
  }
  if (!accountant) throw incompatible('no accountant was given to price the mechanisms', 'privacy.accountant');
  const instance = accountant(adjacency);
  const event = composeEvents({ type: 'composed', events });
  if (instance.supports(event)) return;
  const message = `accountant ${instance.name} can't price, under ${adjacency}, what the mechanisms do`;
  throw new FedwardError('EVENT_UNSUPPORTED', `${message}: ${JSON.stringify(event)}`, 'privacy.accountant');
}

function invalid(key: string, message: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', message, key);
}

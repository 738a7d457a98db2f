import { assertInteger } from '../base/assert.js';
import { FedwardError } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { composeEvents, type DpEvent } from '../privacy/events.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { Federation } from './federation.js';
import { incompatible, protectionOf, type Protection } from '../privacy/protection.js';

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
    // That the server sees each update is not the aggregator's to provide: it does, unless a mechanism takes it away.
    const missing = requires.find(
      (capability) => capability !== 'individual-updates' && !aggregator.provides.includes(capability),
    );
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
  const events = differentEvents(plan, eventOf);
  if (!adjacency) {
    if (!plan.privacy?.budget) return;
    throw incompatible('there is a privacy budget, but no mechanism says what it spends', 'privacy.budget');
  }
  if (!accountant) throw incompatible('no accountant was given to price the mechanisms', 'privacy.accountant');
  const instance = accountant(adjacency);
  const event = composeEvents({ type: 'composed', events });
  if (instance.supports(event)) return;
  const message = `accountant ${instance.name} can't price, under ${adjacency}, what the mechanisms do`;
  const told = JSON.stringify(event).slice(0, 1000);
  throw new FedwardError('EVENT_UNSUPPORTED', `${message}: ${told}`, 'privacy.accountant');
}

/** Those of all rounds, each once with its number: one for most mechanisms, however many rounds there are. */
function differentEvents({ rounds, privacy }: TrainingPlan, eventOf: Protection['eventOf']): DpEvent[] {
  const found = new Map<string, { readonly event: DpEvent; count: number }>();
  for (let round = 0; privacy && round < rounds; round++) {
    const event = eventOf(round);
    if (!event) continue;
    const key = canonicalJson(event);
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { event, count: 1 });
  }
  return [...found.values()].map(({ event, count }) => ({ type: 'repeated', event, count }));
}

function invalid(key: string, message: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', message, key);
}

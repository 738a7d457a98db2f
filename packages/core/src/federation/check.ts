import { FedwardError } from '../errors.js';
import type { Federation } from './federation.js';
import { adjacencyOf, eventOfRound } from './spending.js';

/**
 * Everything that can be known to be wrong before round 0.
 * @throws {FedwardError} CONFIG_INVALID, CONFIG_INCOMPATIBLE or EVENT_UNSUPPORTED, naming the key
 */
export function checkFederation(federation: Federation): void {
  const { plan, aggregator, transport, mechanisms = [] } = federation;
  const clients = transport.clients();
  if (clients.length === 0) throw new FedwardError('CONFIG_INVALID', 'there are no clients', 'clients');
  const asked = plan.cohort.select === 'uniform' ? plan.cohort.size : clients.length;
  if (asked > clients.length)
    throw new FedwardError(
      'CONFIG_INVALID',
      `cohort.size is ${asked}, there are ${clients.length} clients`,
      'cohort.size',
    );
  if (plan.quorum > asked)
    throw new FedwardError('CONFIG_INVALID', `quorum is ${plan.quorum}, each round asks ${asked}`, 'quorum');

  for (const mechanism of mechanisms) {
    const missing = mechanism.requires.find((capability) => !aggregator.provides.includes(capability));
    if (missing)
      throw incompatible(`${mechanism.name} needs ${missing}, which aggregator ${aggregator.name} does not provide`);
    const removed = aggregator.requires.find((capability) => mechanism.removes?.includes(capability));
    if (removed)
      throw incompatible(`aggregator ${aggregator.name} needs ${removed}, which ${mechanism.name} takes away`);
    mechanism.validate?.(plan);
  }
  const shaping = mechanisms.filter((mechanism) => mechanism.gradient);
  if (shaping.length > 1)
    throw incompatible(`${shaping.map(({ name }) => name).join(' and ')} both change the gradient of a step`);
  checkPrivacy(federation);
}

function checkPrivacy({ plan, mechanisms = [], accountant }: Federation): void {
  const named = plan.privacy?.mechanisms.map(({ name }) => name).join(', ') ?? 'none';
  const given = mechanisms.map(({ name }) => name).join(', ') || 'none';
  if (named !== given) throw incompatible(`the plan names the privacy mechanisms ${named}, the run was given ${given}`);
  const adjacency = adjacencyOf(mechanisms);
  const event = eventOfRound(mechanisms, plan, 0);
  if (!event) {
    if (plan.privacy?.budget)
      throw incompatible('there is a privacy budget, but no mechanism says what it spends', 'privacy.budget');
    return;
  }
  if (!adjacency) throw incompatible('a mechanism has a price but names no adjacency');
  if (!accountant) throw incompatible('no accountant was given to price the mechanisms', 'privacy.accountant');
  const instance = accountant(adjacency);
  if (!instance.supports(event))
    throw new FedwardError(
      'EVENT_UNSUPPORTED',
      `accountant ${instance.name} can't price, under ${adjacency}, what ${named} does: ${JSON.stringify(event)}`,
      'privacy.accountant',
    );
}

function incompatible(message: string, subject = 'privacy.mechanisms'): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', message, subject);
}

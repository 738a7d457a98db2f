import { assertInteger } from '../base/assert.js';
import { FedwardError, incompatible } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { isAccountable } from '../interfaces/audit.js';
import { isTrainingPlan, type Plan } from '../plan/plan.js';
import type { State } from '../base/state.js';
import type { PrivacyAccountant } from '../interfaces/privacy.js';
import type { Tensors } from '../parameters/parameters.js';
import { frozenTensors } from '../training/frozen.js';
import { assertBySize } from './by-size.js';
import { everyone } from './collector.js';
import type { Federation } from './federation.js';
import { composeEvents, type DpEvent } from '../privacy/events.js';
import { compressionOf } from '../privacy/compression.js';
import { protectionOf } from '../privacy/protection.js';

/**
 * Everything that can be known to be wrong before round 0.
 * @throws {FedwardError} CONFIG_INVALID, CONFIG_INCOMPATIBLE or EVENT_UNSUPPORTED, naming the key
 */
export function assertFederation<S extends State, M extends Tensors>(federation: Federation<S, M>): void {
  const { plan, aggregator, transport, concurrency = 1 } = federation;
  const clients = transport.clients().length;
  const asked = leastAsked(plan, clients);
  if (clients === 0) throw invalid('clients', 'there are no clients');
  if (asked > clients) throw invalid('cohort.size', `cohort.size is ${asked}, there are ${clients} clients`);
  if (asked === 0)
    throw invalid('cohort.groups', `there are ${clients} clients, cohort.groups are more: a round would ask nobody`);
  if (plan.quorum > asked) throw invalid('quorum', `quorum is ${plan.quorum}, each round asks ${asked}`);
  assertInteger('concurrency', concurrency, 1);
  assertAccountable(federation);
  if (federation.collector?.enough && federation.concurrency !== undefined && plan.quorum > concurrency)
    throw invalid('quorum', `quorum is ${plan.quorum}, and no more than ${concurrency} clients are at work at a time`);
  if (aggregator.name !== plan.aggregator.name)
    throw incompatible(`the plan names aggregator ${plan.aggregator.name}, given was ${aggregator.name}`, 'aggregator');
  if (isTrainingPlan(plan) && !federation.initial)
    throw invalid('initial', 'the plan trains a model, and no model to start from was given');
  if (isTrainingPlan(plan) && federation.initial) frozenTensors(plan.training.frozen, federation.initial.layout);
  aggregator.validate?.(plan);
  protectionOf(plan, federation.mechanisms); // what each says of the plan, before what they say of each other
  assertTogether(federation);
  assertBySize(plan, transport.clients(), federation);
  assertPriced(federation);
  assertEvaluation(federation);
}

/** @throws {FedwardError} CONFIG_INVALID for what needs a log that answers for itself, and has none */
function assertAccountable<S extends State, M extends Tensors>({
  audit,
  witness,
  certificates,
}: Federation<S, M>): void {
  const asks = (certificates && 'certificates') ?? (witness && 'witness');
  if (asks === undefined || isAccountable(audit)) return;
  throw invalid('audit', `${asks}: the server's own log must be signed, so that it can be shown to others`);
}

/**
 * Aggregator, mechanisms and collector against each other. (The mechanisms among themselves: `protectionOf`.)
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming two of them
 */
function assertTogether<S extends State, M extends Tensors>(federation: Federation<S, M>): void {
  const { plan, aggregator, mechanisms = [], collector = everyone } = federation;
  if (collector.name !== (plan.collector?.name ?? everyone.name))
    throw incompatible(
      `the plan names collector ${plan.collector?.name ?? everyone.name}, given was ${collector.name}`,
      'collector',
    );
  assertCompression(federation);
  const given = givenOf(plan);
  for (const { name, requires, removes } of mechanisms) {
    // That the server sees each update of its round is not the aggregator's to provide: it does, unless it is taken away.
    const missing = requires.find((capability) => !given.has(capability) && !aggregator.provides.includes(capability));
    if (missing) throw incompatible(`${name} needs ${missing}, which aggregator ${aggregator.name} does not provide`);
    const removed = aggregator.requires.find((capability) => removes?.includes(capability));
    if (removed) throw incompatible(`aggregator ${aggregator.name} needs ${removed}, which ${name} takes away`);
    const late = requires.find((capability) => collector.removes?.includes(capability));
    if (late) throw incompatible(`${name} needs ${late}, which collector ${collector.name} takes away`);
  }
  const taken = aggregator.requires.find((capability) => collector.removes?.includes(capability));
  if (taken) throw incompatible(`aggregator ${aggregator.name} needs ${taken}, which collector ${collector.name} takes away`); // prettier-ignore
  const wanted = collector.requires?.find((capability) => !aggregator.provides.includes(capability));
  if (wanted) throw incompatible(`collector ${collector.name} needs ${wanted}, which aggregator ${aggregator.name} does not provide`); // prettier-ignore
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE naming both, where a compression takes away what another needs */
function assertCompression<S extends State, M extends Tensors>(federation: Federation<S, M>): void {
  const { plan, aggregator, mechanisms = [], compression } = federation;
  compressionOf(plan, compression, mechanisms);
  const lost = aggregator.requires.find((capability) => compression?.removes?.includes(capability));
  if (lost) throw incompatible(`aggregator ${aggregator.name} needs ${lost}, which compression ${compression!.name} takes away`, 'compression'); // prettier-ignore
}

/** What every round has unless something takes it away; what a query promises is for the sites to see. */
const givenOf = (plan: Plan): ReadonlySet<string> =>
  new Set(['individual-updates', 'fresh-updates', ...(isTrainingPlan(plan) ? [] : ['bounded-answers'])]);

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for scores at the sites that nothing pays for: they would be withheld */
function assertEvaluation<S extends State, M extends Tensors>({ plan, mechanisms }: Federation<S, M>): void {
  if (!isTrainingPlan(plan) || !plan.evaluation) return;
  const { adjacency, evaluationEventOf } = protectionOf(plan, mechanisms);
  if (!adjacency || evaluationEventOf(0)) return;
  throw incompatible(
    "the plan asks for scores at the sites, which none of its mechanisms pays for: leave `evaluation` out, or ask for it by a query of its own", // prettier-ignore
    'evaluation',
  );
}

/** How many clients a round asks, at the least. */
function leastAsked({ cohort }: Plan, clients: number): number {
  if (cohort.select === 'uniform' || cohort.select === 'by-size') return cohort.size;
  return cohort.select === 'cyclic' ? Math.floor(clients / cohort.groups) : clients;
}

/** Every round must have a price before the first is sent. */
function assertPriced<S extends State, M extends Tensors>({ plan, mechanisms, accountant }: Federation<S, M>): void {
  const { adjacency, eventOf, evaluationEventOf } = protectionOf(plan, mechanisms);
  const scored = isTrainingPlan(plan) && plan.evaluation !== undefined;
  const events = differentEvents(plan, (round) => [eventOf(round), scored ? evaluationEventOf(round) : undefined]);
  if (!adjacency) {
    if (!plan.privacy?.budget) return;
    throw incompatible('there is a privacy budget, but no mechanism says what it spends', 'privacy.budget');
  }
  if (!accountant) throw incompatible('no accountant was given to price the mechanisms', 'privacy.accountant');
  const instance = accountant(adjacency);
  if (instance.name !== plan.privacy?.accountant)
    throw incompatible(
      `the plan names accountant ${plan.privacy?.accountant}, given was ${instance.name}`,
      'privacy.accountant',
    );
  const unpriced = instance.unpriced(composeEvents({ type: 'composed', events }));
  if (!unpriced) return assertFirstRound(plan, instance, eventOf(0));
  const part = JSON.stringify(unpriced.part).slice(0, 1000);
  const message = `accountant ${instance.name} can't price, under ${adjacency}, a part of what the mechanisms do`;
  throw new FedwardError('EVENT_UNSUPPORTED', `${message}: ${part}: ${unpriced.reason}`, 'privacy.accountant');
}

/**
 * A budget that is spent later ends the run there, with what was done so far; one that no round fits into is a plan that
 * can't work. What was spent before a run was resumed has no say: a run that began has had its first round.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE with what the first round would spend
 */
function assertFirstRound({ privacy }: Plan, accountant: PrivacyAccountant, event: DpEvent | undefined): void {
  const { budget, delta } = privacy ?? {};
  if (!budget || delta === undefined || !event) return;
  const epsilon = accountant.preview(event, delta);
  if (epsilon <= budget.epsilon) return; // a NaN is no bound, and is refused
  throw incompatible(
    `the first round alone would spend epsilon ${epsilon.toPrecision(5)} at delta ${delta}, the budget is ` +
      `${budget.epsilon}: take more noise, fewer steps a round or a larger budget`,
    'privacy.budget.epsilon',
  );
}

/** Those of all rounds, each once with its number: one for most mechanisms, however many rounds there are. */
function differentEvents(
  { rounds, privacy }: Plan,
  eventsOf: (round: number) => readonly (DpEvent | undefined)[],
): DpEvent[] {
  const found = new Map<string, { readonly event: DpEvent; count: number }>();
  for (let round = 0; privacy && round < rounds; round++)
    for (const event of eventsOf(round)) {
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

import { assertInteger } from '../base/assert.js';
import { FedwardError, incompatible } from '../base/errors.js';
import type { Capability } from '../interfaces/aggregator.js';
import type { GradientPrivacy } from '../interfaces/gradient-privacy.js';
import type { Boundary, PrivacyMechanism } from '../interfaces/privacy.js';
import { composeEvents, type Adjacency, type DpEvent } from './events.js';
import type { TensorsForm } from '../parameters/parameters.js';
import { isTrainingPlan, type Plan, type TrainingPlan } from '../plan/plan.js';

/** A plan's privacy mechanisms taken together: the same at every site and at the server. */
export interface Protection {
  /** Under which their events are priced; undefined where none has a price. */
  readonly adjacency: Adjacency | undefined;
  /** The weakest of those that have a price: what is composed holds where all of them do. */
  readonly protects: Boundary;
  /** What each step of training must do. */
  readonly gradient: GradientPrivacy | undefined;
  /**
   * True where a site may tell its number of records: nothing has a price, or neighbours have the same number.
   * (Under replace-one they have for records, not for patients, of whom one may have more records than another.)
   */
  readonly countIsPublic: boolean;
  /** What one round spends of each asked site's data, by all mechanisms; undefined where none has a price. */
  eventOf(round: number): DpEvent | undefined;
  /** What scoring a model at a site spends; undefined where no mechanism pays for it. */
  evaluationEventOf(round: number): DpEvent | undefined;
  /** What an update looks like once the mechanisms have had their say at the site; the same object where none turns it. */
  formOf(update: TensorsForm): TensorsForm;
}

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for other mechanisms than the plan names, for two that change the
 *   gradient of a step, for one that takes away what another needs, for a price without an adjacency, for one of scores that
 *   are not protected, for one that turns updates into another form and does not say that it needs their sum alone, for
 *   events that can't be added up, for a price without an
 *   accountant and a delta, for a price of gradients where none are computed, and, where something has a price, for
 *   `keepSmallest` under a unit of record or patient and for frozen tensors under noise on whole updates; ARGUMENT_INVALID for `mostCallBytes` that is
 *   no integer above 0; and what the mechanisms' `validate` throws
 */
export function protectionOf(plan: Plan, mechanisms: readonly PrivacyMechanism[] = []): Protection {
  const given = mechanisms.map(({ name }) => name);
  const named = plan.privacy?.mechanisms.map(({ name }) => name) ?? [];
  if (given.length !== named.length || given.some((name, index) => name !== named[index]))
    throw incompatible(`the plan names the mechanisms [${named.join(', ')}], given were [${given.join(', ')}]`);
  const twice = named.find((name, index) => named.indexOf(name) < index);
  if (twice !== undefined) throw incompatible(`${twice} is named twice: what it remembers is kept by its name`);
  for (const mechanism of mechanisms) {
    if (mechanism.mostCallBytes !== undefined) assertInteger('mostCallBytes', mechanism.mostCallBytes, 1);
    mechanism.validate?.(plan);
  }
  assertTogether(mechanisms);
  const shaping = mechanisms.filter(({ gradient }) => gradient);
  if (shaping.length > 1)
    throw incompatible(`${shaping.map(({ name }) => name).join(' and ')} both change the gradient of a step`);
  for (const { name, adjacency, event, evaluationEvent, onEvaluate, form, requires } of mechanisms) {
    if (!adjacency && (event ?? evaluationEvent)) throw incompatible(`${name} has a price but names no adjacency`);
    if (evaluationEvent && !onEvaluate)
      throw incompatible(`${name} has a price for scores, and nothing that protects them (\`onEvaluate\`)`);
    if (form && !requires.includes('sum-only'))
      throw incompatible(`${name} turns updates into what only core adds up, and does not require \`sum-only\``);
  }
  const [first, ...others] = mechanisms.filter(({ adjacency }) => adjacency);
  const other = others.find(({ adjacency }) => adjacency !== first?.adjacency);
  if (first && other)
    throw incompatible(
      `${first.name} is priced under ${first.adjacency}, ${other.name} under ${other.adjacency}: they can't be added up`,
    );
  const adjacency = first?.adjacency;
  if (adjacency) assertTerms(plan);
  if (adjacency && isTrainingPlan(plan)) assertProtects(plan, mechanisms);
  if (shaping[0] && !isTrainingPlan(plan))
    throw incompatible(`${shaping[0].name} protects the gradients of a training, and the plan's work is a query`);
  const priced = (events: readonly DpEvent[]): DpEvent | undefined => adjacency && composeEvents(...events);
  const evaluating = mechanisms.filter(({ evaluationEvent }) => evaluationEvent);
  return {
    adjacency,
    protects: mechanisms.some(({ adjacency, ...of }) => adjacency && boundaryOf(of) === 'what leaves the server')
      ? 'what leaves the server'
      : 'what leaves a site',
    gradient: isTrainingPlan(plan) ? shaping[0]?.gradient?.(plan) : undefined,
    countIsPublic: !adjacency || (adjacency === 'replace-one' && plan.privacy?.unit === 'record'),
    eventOf: (round) => priced(mechanisms.flatMap((mechanism) => mechanism.event?.({ plan, round }) ?? [])),
    evaluationEventOf: (round) =>
      evaluating.length === 0
        ? undefined
        : priced(evaluating.flatMap((mechanism) => mechanism.evaluationEvent?.({ plan, round }) ?? [])),
    formOf: (update) => mechanisms.reduce((form, mechanism) => mechanism.form?.(form) ?? form, update),
  };
}

/** @throws {FedwardError} CONFIG_INVALID naming what a price is told with */
function assertTerms({ privacy }: Plan): void {
  for (const key of ['accountant', 'delta'] as const)
    if (privacy?.[key] === undefined)
      throw new FedwardError(
        'CONFIG_INVALID',
        `privacy.${key} is missing: a mechanism of the plan has a price, which is told with an accountant and a delta`,
        `privacy.${key}`,
      );
}

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the key, for what would not be true of a plan under mechanisms that have a price:
 *   that a record moves what it is in by its own part alone, and that frozen tensors stay as they are
 */
function assertProtects({ training, privacy }: TrainingPlan, mechanisms: readonly PrivacyMechanism[]): void {
  const unit = privacy?.unit ?? 'record';
  if (training.objective?.keepSmallest && unit !== 'hospital')
    throw incompatible(
      `training.objective.keepSmallest chooses records by the losses of the others in their batch, which no price of a ${unit} covers`,
      'training.objective.keepSmallest',
    );
  if (!training.frozen) return;
  // What clips and adds noise in each step leaves frozen tensors out; what acts on whole updates does not know of them.
  const whole = mechanisms.find(
    ({ adjacency, gradient, onClient, onRelease }) => adjacency && (!gradient || onClient || onRelease),
  );
  if (whole)
    throw incompatible(
      `${whole.name} adds noise to whole updates: the tensors that training.frozen names would move`,
      'training.frozen',
    );
}

function boundaryOf({ protects, onRelease }: Pick<PrivacyMechanism, 'protects' | 'onRelease'>): Boundary {
  return protects ?? (onRelease ? 'what leaves the server' : 'what leaves a site');
}

/** What a mechanism needs of a round: one that looks at updates as they arrive needs to see each, said or not. */
function needsOf({ requires, onReceive }: PrivacyMechanism): readonly Capability[] {
  return onReceive ? [...requires, 'individual-updates'] : requires;
}

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming both, where one takes away what another needs, or acts at the site
 *   on what another has turned into something else, such as masked words
 */
function assertTogether(mechanisms: readonly PrivacyMechanism[]): void {
  for (const mechanism of mechanisms)
    for (const other of mechanisms) {
      if (other === mechanism) continue;
      const taken = needsOf(mechanism).find((capability) => other.removes?.includes(capability));
      if (taken) throw incompatible(`${mechanism.name} needs ${taken}, which ${other.name} takes away`);
    }
  const turning = mechanisms.findIndex(({ form }) => form);
  const later = turning < 0 ? undefined : mechanisms.slice(turning + 1).find(({ onClient }) => onClient);
  if (later)
    throw incompatible(`${later.name} acts on updates that ${mechanisms[turning]!.name} has masked: name it before`);
}

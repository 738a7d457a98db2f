import { composeEvents, type DpEvent } from '../privacy/events.js';
import type { EvaluateTask, MechanismCall, Task } from '../interfaces/messages.js';
import type { Asked } from '../interfaces/policy.js';
import { elementOf, type Tensors, type TensorsForm } from '../parameters/parameters.js';
import { isTrainingPlan } from '../plan/plan.js';
import { version } from '../version.js';
import type { Common, Office } from './office.js';
import { placeOf } from './place.js';

/** What the host's rules are told of what is asked. It may come from anyone: of what is malformed they see nothing. */
export function asksOf(office: Office): (kind: Asked['kind'], about?: Task | EvaluateTask | MechanismCall) => Asked {
  const { common, own, id } = office;
  const { plan, approved, now, software = [], declared, randomness, protection } = common;
  const { adjacency, eventOf, evaluationEventOf } = protection;
  return (kind, about) => {
    const { runId, round } = about ? placeOf(about) : {};
    const event = kind === 'evaluation' ? evaluationEventOf(round ?? 0) : eventOf(round ?? 0);
    const eventOfPlan = adjacency && wholeOf(common);
    const form = about && 'payload' in about ? formOf(about.payload) : undefined;
    return {
      ...{ kind, clientId: id, time: now(), plan, simulationOnly: randomness.simulationOnly },
      software: [{ name: '@fedward/core', version }, ...software],
      planHash: typeof about?.planHash === 'string' ? about.planHash : approved,
      keepsLedger: own.ledger?.outlivesRuns ?? false,
      records: async () => (await (typeof own.data === 'function' ? own.data() : own.data)).count,
      ...(runId !== undefined && { runId }),
      ...(round !== undefined && { round }),
      ...(about && 'cohort' in about && isCohort(about.cohort) && { cohort: about.cohort }),
      ...(form && { payload: form }),
      ...(own.dataSheet !== undefined && { dataSheet: own.dataSheet }),
      ...(event && { event }),
      ...(eventOfPlan && { eventOfPlan }),
      ...(adjacency && { adjacency }),
      ...(declared && { declared }),
    };
  };
}

/** Sites of one plan share it: a plan may have a hundred thousand rounds. */
const wholes = new WeakMap<Common, DpEvent>();

function wholeOf(common: Common): DpEvent {
  const known = wholes.get(common);
  if (known) return known;
  const { plan, protection } = common;
  const every = isTrainingPlan(plan) ? plan.evaluation?.every : undefined;
  const events = Array.from({ length: plan.rounds }, (_, round): DpEvent[] => {
    const scored = every !== undefined && ((round + 1) % every === 0 || round === plan.rounds - 1);
    return [protection.eventOf(round), scored ? protection.evaluationEventOf(round) : undefined].filter((event) => event !== undefined); // prettier-ignore
  });
  const whole = composeEvents(...events.flat());
  wholes.set(common, whole);
  return whole;
}

function isCohort(cohort: unknown): cohort is readonly string[] {
  return Array.isArray(cohort) && cohort.every((id) => typeof id === 'string');
}

/** Undefined for what is no payload: the gate refuses it. */
function formOf(payload: Tensors | null | undefined): TensorsForm | undefined {
  const { values, layout } = payload ?? {};
  if (!layout || !ArrayBuffer.isView(values)) return undefined;
  return { layout, element: elementOf(values) };
}

import { FedwardError, hasCode, isFedwardError, wordsOf } from '../base/errors.js';
import { parseAnyPlan, planHash } from '../plan/plan.js';
import type { Client } from '../interfaces/client.js';
import type { EvaluateResult, EvaluateTask, MechanismCall, Task, Update } from '../interfaces/messages.js';
import type { Asked, Leaving, PolicyRefusal, SitePolicy } from '../interfaces/policy.js';
import { copyTensors, elementOf, type Tensors, type TensorsForm } from '../parameters/parameters.js';
import type { Office } from './office.js';
import { placeOf } from './place.js';

/** What a message is about, in the site's log. */
type About = Parameters<typeof placeOf>[0];
const beforeAnyRun: About = { runId: '' };

/**
 * A site behind its host's own rules: asked before anything else is done, and again of each message that is about to
 * leave, errors too. What leaves is made anew of the members that such a message has, so that nothing goes along with it.
 */
export function guarded(client: Client, office: Office, policy: SitePolicy): Client {
  const { id } = office;

  /** @param leaving what was about to leave, and does not: its entry `training` is in the log already */
  const refused = async (
    about: About,
    { rule, reason, told }: PolicyRefusal,
    leaving?: Leaving['kind'],
  ): Promise<FedwardError> => {
    const what = leaving === undefined ? {} : { leaving };
    await office.log(placeOf(about), 'refusal', {
      code: 'POLICY_REFUSED',
      rule,
      reason,
      policy: policy.digest,
      ...what,
    });
    return new FedwardError('POLICY_REFUSED', `${id} refuses by its rule ${rule}: ${told}`, id);
  };
  const admit = async (about: About, asked: Asked): Promise<void> => {
    const refusal = await policy.admits(asked);
    if (refusal) throw await refused(about, refusal);
  };
  const release = async <L extends Leaving>(about: About, leaving: L): Promise<L['message']> => {
    const refusal = await policy.releases(leaving);
    if (refusal) throw await refused(about, refusal, leaving.kind);
    return leaving.message;
  };
  /** Whatever a site throws leaves it too. Its own refusals by these rules say what may be said. */
  const errorsToo = async <T>(about: About, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (hasCode(error, 'POLICY_REFUSED') || hasCode(error, 'ABORTED')) throw error;
      const code = isFedwardError(error) ? error.code : 'CLIENT_FAILED';
      const refusal = await policy.releases({ kind: 'error', message: { code, words: wordsOf(error) } });
      if (!refusal) throw error;
      await office.log(placeOf(about), 'refusal', { ...refusalOf(refusal), code, policy: policy.digest });
      office.own.onFailure?.(error, { runId: about.runId, round: about.round ?? 0 });
      throw new FedwardError(code, `${id} failed; ${refusal.told}`, id);
    }
  };

  return {
    id,
    describe: (signal) =>
      errorsToo(beforeAnyRun, async () => {
        const description = await client.describe(signal);
        const refusal = await policy.admits(askedOf(office, 'plan'));
        // Who takes no part says so: the plan is then proposed, and refused with the reason.
        const message = { ...description, approved: refusal ? [] : description.approved };
        return release(beforeAnyRun, { kind: 'description', message });
      }),
    propose: (proposed, signal) =>
      errorsToo(beforeAnyRun, async () => {
        const plan = parseAnyPlan(proposed, 'the plan that was proposed');
        await admit(beforeAnyRun, { ...askedOf(office, 'plan'), plan, planHash: planHash(plan) });
        await client.propose(proposed, signal);
      }),
    answer: (task, signal) =>
      errorsToo(task, async () => {
        await admit(task, askedOf(office, 'answer', task));
        const update = await client.answer(task, signal);
        return release(task, { kind: 'update', task, message: bareUpdate(update) });
      }),
    evaluate: (task, signal) =>
      errorsToo(task, async () => {
        await admit(task, askedOf(office, 'evaluation', task));
        const scores = await client.evaluate(task, signal);
        return release(task, { kind: 'scores', message: bareScores(scores) });
      }),
    call: (call, signal) =>
      errorsToo(call, async () => {
        await admit(call, askedOf(office, 'call', call));
        const message = await client.call(call, signal);
        return release(call, { kind: 'call', mechanism: call.mechanism, message });
      }),
  };
}

function refusalOf({ rule, reason }: PolicyRefusal): { rule: string; reason: string } {
  return { rule, reason };
}

/** What the host's rules are told of what is asked. It may come from anyone: of what is malformed they see nothing. */
function askedOf(office: Office, kind: Asked['kind'], about?: Task | EvaluateTask | MechanismCall): Asked {
  const { common, own, id } = office;
  const { plan, approved, now, software = [], declared, randomness, protection } = common;
  const { adjacency, eventOf, evaluationEventOf } = protection;
  const round = about && Number.isSafeInteger(about.round) && about.round >= 0 ? about.round : 0;
  const event = kind === 'evaluation' ? evaluationEventOf(round) : eventOf(round);
  const form = about && 'payload' in about ? formOf(about.payload) : undefined;
  return {
    ...{ kind, clientId: id, time: now(), plan, software, simulationOnly: randomness.simulationOnly },
    planHash: typeof about?.planHash === 'string' ? about.planHash : approved,
    keepsLedger: own.ledger?.outlivesRuns ?? false,
    records: async () => (await (typeof own.data === 'function' ? own.data() : own.data)).count,
    ...(about && { runId: about.runId, round: about.round }),
    ...(about && 'cohort' in about && Array.isArray(about.cohort) && { cohort: about.cohort }),
    ...(form && { payload: form }),
    ...(own.dataSheet !== undefined && { dataSheet: own.dataSheet }),
    ...(event && { event }),
    ...(adjacency && { adjacency }),
    ...(declared && { declared }),
  };
}

/** Undefined for what is no payload: the gate refuses it. */
function formOf(payload: Tensors | null | undefined): TensorsForm | undefined {
  const { values, layout } = payload ?? {};
  if (!layout || !ArrayBuffer.isView(values)) return undefined;
  return { layout, element: elementOf(values) };
}

/** The members that an update has, and no other; numbers without what lies behind them in memory. */
function bareUpdate(update: Update): Update {
  const { clientId, baseRound, payload, weight, metrics, spent, simulationOnly, head, entry, cosignature } = update;
  return {
    ...{
      clientId,
      baseRound,
      payload: copyTensors(payload),
      weight,
      metrics: numbersOf(metrics),
      spent,
      simulationOnly,
    },
    ...(head && { head }),
    ...(entry && { entry: { entry: entry.entry, proof: entry.proof } }),
    ...(cosignature !== undefined && { cosignature }),
  };
}

function bareScores({ clientId, weight, metrics, head }: EvaluateResult): EvaluateResult {
  return { clientId, weight, metrics: numbersOf(metrics), ...(head && { head }) };
}

function numbersOf(metrics: Update['metrics']): Update['metrics'] {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => typeof value === 'number'));
}

import { cut, FedwardError, hasCode, isFedwardError, isKnownCode, wordsOf } from '../base/errors.js';
import { planHash, parseAnyPlan } from '../plan/plan.js';
import type { Client } from '../interfaces/client.js';
import type { Asked, Leaving, PolicyRefusal, SitePolicy } from '../interfaces/policy.js';
import { asksOf } from './asked.js';
import { bareDescription, bareScores, bareUpdate } from './bare.js';
import type { Office } from './office.js';
import { placeOf } from './place.js';

/** What a message is about, in the site's log. */
type About = Parameters<typeof placeOf>[0];
const beforeAnyRun: About = { runId: '' };

/**
 * A site behind its host's own rules: asked before anything else is done, and again of each message that is about to
 * leave, errors too. What leaves is made anew of the members that such a message has, so that nothing goes along with it.
 * A rule that fails refuses: of a question nothing is answered, of an error its code goes and no word.
 */
export function guarded(client: Client, office: Office, policy: SitePolicy): Client {
  const { id } = office;
  const asksFor = asksOf(office);
  /** Only these may leave as they are: a plugin could throw one of the same code, with words of its own. */
  const own = new WeakSet<Error>();

  const ask = async (rules: () => Promise<PolicyRefusal | undefined>): Promise<PolicyRefusal | undefined> => {
    try {
      return await rules();
    } catch (error) {
      return { rule: 'policy', reason: `a rule failed: ${wordsOf(error)}`, told: 'its rules could not be applied; its host has to look' }; // prettier-ignore
    }
  };
  /** @param leaving what was about to leave, and does not: its own entry may be in the log already */
  const note = async (
    about: About,
    { rule, reason }: PolicyRefusal,
    code: string,
    leaving?: Leaving['kind'],
  ): Promise<void> => {
    const details = { code, rule: cut(rule), reason: cut(reason), policy: policy.digest, ...(leaving && { leaving }) };
    await office.log(placeOf(about), 'refusal', details);
  };
  const assertNone = async (
    about: About,
    refusal: PolicyRefusal | undefined,
    leaving?: Leaving['kind'],
  ): Promise<void> => {
    if (!refusal) return;
    await note(about, refusal, 'POLICY_REFUSED', leaving);
    const error = new FedwardError('POLICY_REFUSED', `${id} refuses by its rule ${refusal.rule}: ${refusal.told}`, id);
    own.add(error);
    throw error;
  };
  const admit = async (about: About, asked: Asked): Promise<void> =>
    assertNone(about, await ask(() => policy.admits(asked)));
  const release = async <L extends Leaving>(about: About, leaving: L): Promise<L['message']> => {
    await assertNone(about, await ask(() => policy.releases(leaving)), leaving.kind);
    return leaving.message;
  };

  /** An error as it may leave: made anew, so that neither its cause nor any other member goes along. */
  const leavingAs = async (about: About, error: unknown): Promise<FedwardError> => {
    const code = isFedwardError(error) && isKnownCode(error.code) ? error.code : 'CLIENT_FAILED';
    const words = wordsOf(error);
    const refusal = await ask(() => policy.releases({ kind: 'error', message: { code, words } }));
    if (!refusal) return new FedwardError(code, words, id);
    office.own.onFailure?.(error, { runId: about.runId, round: about.round ?? 0 });
    await note(about, refusal, code);
    return new FedwardError(code, `${id} failed; ${refusal.told}`, id);
  };
  const errorsToo = async <T>(about: About, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error && own.has(error)) throw error;
      // Who asked has gone, and is told no more than that.
      if (signal.aborted && hasCode(error, 'ABORTED')) throw new FedwardError('ABORTED', 'aborted', id);
      throw await leavingAs(about, error).catch(() => new FedwardError('CLIENT_FAILED', `${id} failed`, id));
    }
  };

  return {
    id,
    describe: (signal) =>
      errorsToo(beforeAnyRun, signal, async () => {
        const description = await client.describe(signal);
        const refusal = await ask(() => policy.admits(asksFor('plan')));
        // Who takes no part says so: the plan is then proposed, and refused with the reason.
        const message = { ...bareDescription(description, id), ...(refusal && { approved: [] }) };
        return release(beforeAnyRun, { kind: 'description', message });
      }),
    propose: (proposed, signal) =>
      errorsToo(beforeAnyRun, signal, async () => {
        const plan = parseAnyPlan(proposed, 'the plan that was proposed');
        await admit(beforeAnyRun, { ...asksFor('plan'), plan, planHash: planHash(plan) });
        await client.propose(proposed, signal);
      }),
    answer: (task, signal) =>
      errorsToo(task, signal, async () => {
        const asked = asksFor('answer', task);
        await admit(task, asked);
        const message = bareUpdate(await client.answer(task, signal), id, asked.event);
        return release(task, { kind: 'update', task, message, plan: asked.plan, records: asked.records });
      }),
    evaluate: (task, signal) =>
      errorsToo(task, signal, async () => {
        await admit(task, asksFor('evaluation', task));
        return release(task, { kind: 'scores', message: bareScores(await client.evaluate(task, signal), id) });
      }),
    call: (call, signal) =>
      errorsToo(call, signal, async () => {
        await admit(call, asksFor('call', call));
        const message = await client.call(call, signal);
        return release(call, { kind: 'call', mechanism: call.mechanism, message });
      }),
  };
}

import { withDeadline } from '../base/abort.js';
import { FedwardError, incompatible } from '../base/errors.js';
import type { State } from '../base/state.js';
import { defaultMostCallBytes, stateFault } from '../base/state-fault.js';
import type { RoundContext } from '../interfaces/aggregator.js';
import type { Task, Update } from '../interfaces/messages.js';
import type { Tensors, TensorsForm } from '../parameters/parameters.js';
import type { DpEvent } from '../privacy/events.js';
import type { Federation } from './federation.js';
import { receive } from './receive.js';
import type { Progress, RoundTools } from './progress.js';
import type { Ask } from './server-side.js';

/** How the clients of a cohort are asked in a round. */
export interface Asking {
  /** Asks one of them, and lets in what fits. */
  readonly ask: (clientId: string, signal: AbortSignal) => Promise<Update>;
  /** Has one of them begin, and resolves once its answer lies ready; absent where the transport can't. */
  readonly announce?: (clientId: string, signal: AbortSignal) => Promise<void>;
}

export function askingFor<S extends State, M extends Tensors>(
  { transport }: Federation<S, M>,
  { introductions, protection, accounts }: RoundTools,
  asked: Omit<Task, 'cohort' | 'taken'>,
  cohort: readonly string[],
  { taken }: Progress<S>,
  expected: { readonly event: DpEvent | undefined; readonly form: TensorsForm },
): Asking {
  const announced = new Map<string, Promise<Task>>();
  const taskFor = async (clientId: string, signal: AbortSignal): Promise<Task> => {
    await introductions.meet(clientId, signal);
    const shown = await accounts.shownTo(clientId);
    return { ...asked, cohort, taken: taken.get(clientId)?.round ?? null, ...shown };
  };
  return {
    ...(transport.announce && {
      async announce(clientId: string, signal: AbortSignal) {
        const task = taskFor(clientId, signal);
        announced.set(clientId, task);
        await transport.announce!(clientId, await task, signal);
      },
    }),
    async ask(clientId, signal) {
      const task = await (announced.get(clientId) ?? taskFor(clientId, signal));
      const sent = await transport.client(clientId).answer(task, signal);
      const { countIsPublic } = protection;
      const update = receive(sent, { clientId, round: asked.round, ...expected, countIsPublic });
      await accounts.heard(update, task);
      return update;
    },
  };
}

/**
 * How mechanisms reach the sites of the cohort in this round. Each wait has the round's deadline,
 * unless that is told by a clock of its own, by which such a call takes no time; an answer that is no
 * state, or larger than the mechanism expects, is MESSAGE_INVALID naming the site.
 */
export function askOf<S extends State, M extends Tensors>(
  federation: Federation<S, M>,
  { runId, round, cohort }: RoundContext,
  { planHash, introductions }: RoundTools,
): Ask {
  const { transport, mechanisms = [] } = federation;
  return async (clientId, mechanism, body) => {
    const mostBytes = mechanisms.find(({ name }) => name === mechanism)?.mostCallBytes ?? defaultMostCallBytes;
    if (!cohort.includes(clientId)) throw incompatible(`${clientId} is not asked in round ${round}`, mechanism);
    const call = { runId, round, planHash, cohort, mechanism, body };
    return withDeadline(federation.clock ? Infinity : deadlineOf(federation), federation.signal, async (signal) => {
      await introductions.meet(clientId, signal);
      const told = await transport.client(clientId).call(call, signal);
      const fault = stateFault(told, mostBytes);
      if (fault === undefined) return told;
      const message = `round ${round}: what ${clientId} answered to ${mechanism} ${fault}`;
      throw new FedwardError('MESSAGE_INVALID', message, clientId);
    });
  };
}

/** How long a round waits for a site, seconds. */
export function deadlineOf<S extends State, M extends Tensors>(federation: Federation<S, M>): number {
  const { plan, deadlineSeconds, simulationOnly } = federation;
  return plan.deadlineSeconds ?? deadlineSeconds ?? (simulationOnly ? Infinity : 3600);
}

import type { Aggregate, RoundContext } from '../interfaces/aggregator.js';
import type { FitResult, FitTask } from '../interfaces/messages.js';
import type { PrivacyMechanism, ServerContext } from '../interfaces/privacy.js';
import type { NoiseSource } from '../random/noise.js';
import type { Parameters } from '../parameters/parameters.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { State } from '../base/state.js';

/** What the mechanisms remember between rounds, by name. */
export type MechanismStates = Readonly<Record<string, State>>;

/** As they are before round 0: of mechanisms that remember nothing there is none. */
export function initialStates(plan: TrainingPlan, mechanisms: readonly PrivacyMechanism[] = []): MechanismStates {
  return Object.fromEntries(mechanisms.flatMap(({ name, init }) => (init ? [[name, init(plan)]] : [])));
}

/** The server's part of a plan's mechanisms in one round. */
export interface ServerSide {
  /** What a task says of the mechanisms: what each has to tell itself at the sites. */
  readonly told: Pick<FitTask, 'forMechanisms'>;
  /** An update as they let it in. It counts once `taken` is called. */
  receive(update: FitResult): { readonly update: FitResult; readonly taken: () => void };
  /** The sum as they let it out, in reverse order, and what they remember then. */
  release(sum: Aggregate, noise: NoiseSource): { readonly released: Aggregate; readonly states: MechanismStates };
}

export function serverSide(
  mechanisms: readonly PrivacyMechanism[],
  context: RoundContext,
  sent: Parameters,
  states: MechanismStates,
): ServerSide {
  const contextOf = ({ name }: PrivacyMechanism): ServerContext => ({ ...context, sent, state: states[name] ?? null });
  const tallies = new Map<string, number>();
  const told = mechanisms.flatMap((mechanism) =>
    mechanism.instruct ? [[mechanism.name, mechanism.instruct(contextOf(mechanism))] as const] : [],
  );
  return {
    told: told.length > 0 ? { forMechanisms: Object.fromEntries(told) } : {},
    receive(received) {
      const noted: (readonly [string, number])[] = [];
      let update = received;
      for (const mechanism of mechanisms) {
        if (!mechanism.onReceive) continue;
        const { tally = 0, ...letIn } = mechanism.onReceive(update, contextOf(mechanism));
        noted.push([mechanism.name, tally]);
        update = letIn;
      }
      const taken = (): void => noted.forEach(([name, n]) => tallies.set(name, (tallies.get(name) ?? 0) + n));
      return { update, taken };
    },
    release(sum, noise) {
      const next: Record<string, State> = { ...states };
      let released = sum;
      for (const mechanism of [...mechanisms].reverse()) {
        if (!mechanism.onRelease) continue;
        const { name } = mechanism;
        const own = { ...contextOf(mechanism), noise, tally: tallies.get(name) ?? 0 };
        const { state, ...aggregate } = mechanism.onRelease(released, own);
        if (state !== undefined) next[name] = state;
        released = aggregate;
      }
      return { released, states: next };
    },
  };
}

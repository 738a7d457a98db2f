import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { Aggregate, RoundContext } from '../interfaces/aggregator.js';
import type { Task, Update } from '../interfaces/messages.js';
import type { PrivacyMechanism, ServerContext } from '../interfaces/privacy.js';
import type { Plan } from '../plan/plan.js';
import type { NoiseSource } from '../random/noise.js';

/** What the mechanisms remember between rounds, by name. */
export type MechanismStates = Readonly<Record<string, State>>;

/** As they are before round 0: of mechanisms that remember nothing there is none. */
export function initialStates(plan: Plan, mechanisms: readonly PrivacyMechanism[] = []): MechanismStates {
  return Object.fromEntries(mechanisms.flatMap(({ name, init }) => (init ? [[name, init(plan)]] : [])));
}

/** The server's part of a plan's mechanisms in one round. */
export interface ServerSide {
  /** What a task says of the mechanisms: what each has to tell itself at the sites. Called once, before anything is sent. */
  prepare(leaveOut: (clientId: string, error: unknown) => void): Promise<Pick<Task, 'forMechanisms'>>;
  /** An update as they let it in. It counts once `taken` is called. */
  receive(update: Update): { readonly update: Update; readonly taken: () => void };
  /** The sum as they let it out, in reverse order, what they tell of it, and what they remember then. */
  release(
    sum: Aggregate,
    noise: NoiseSource,
    participants: readonly string[],
  ): Promise<{ readonly released: Aggregate; readonly said: Told; readonly states: MechanismStates }>;
}

/** By mechanism, of those that tell something. */
type Told = Readonly<Record<string, JsonObject>>;

/** How the server's half of a mechanism reaches its half at a site. */
export type Ask = (clientId: string, mechanism: string, body: State) => Promise<State>;

export function serverSide(
  mechanisms: readonly PrivacyMechanism[],
  context: RoundContext,
  states: MechanismStates,
  ask: Ask,
): ServerSide {
  const contextOf = ({ name }: PrivacyMechanism): ServerContext => ({ ...context, state: states[name] ?? null });
  const asking = (mechanism: string) => ({ ask: (id: string, body: State) => ask(id, mechanism, body) });
  /** By mechanism, of those whose updates were taken. */
  const tallies = new Map<string, { readonly clientId: string; readonly tally: number }[]>();
  const tallyOf = (name: string, counted: ReadonlySet<string>): number =>
    (tallies.get(name) ?? []).reduce((sum, { clientId, tally }) => sum + (counted.has(clientId) ? tally : 0), 0);
  return {
    async prepare(leaveOut) {
      const told: Record<string, JsonObject> = {};
      for (const mechanism of mechanisms) {
        if (!mechanism.instruct) continue;
        const { name } = mechanism;
        told[name] = await mechanism.instruct({ ...contextOf(mechanism), ...asking(name), leaveOut });
      }
      return Object.keys(told).length > 0 ? { forMechanisms: told } : {};
    },
    receive(received) {
      const noted: (readonly [string, number])[] = [];
      let update = received;
      for (const mechanism of mechanisms) {
        if (!mechanism.onReceive) continue;
        const { tally = 0, ...letIn } = mechanism.onReceive(update, contextOf(mechanism));
        if (tally !== 0) noted.push([mechanism.name, tally]);
        update = letIn;
      }
      const { clientId } = received;
      const taken = (): void => {
        for (const [name, tally] of noted) {
          const all = tallies.get(name) ?? [];
          tallies.set(name, all);
          all.push({ clientId, tally });
        }
      };
      return { update, taken };
    },
    async release(sum, noise, participants) {
      const next: Record<string, State> = { ...states };
      const said: Record<string, JsonObject> = {};
      let released = sum;
      const counted = new Set(participants);
      for (const mechanism of [...mechanisms].reverse()) {
        if (!mechanism.onRelease) continue;
        const { name } = mechanism;
        const own = { ...contextOf(mechanism), ...asking(name), noise, participants, tally: tallyOf(name, counted) };
        const { state, told, ...aggregate } = await mechanism.onRelease(released, own);
        if (state !== undefined) next[name] = state;
        if (told !== undefined) said[name] = told;
        released = aggregate;
      }
      return { released, said, states: next };
    },
  };
}

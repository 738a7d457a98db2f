import type { State } from '../base/state.js';
import type { Kept } from '../interfaces/privacy.js';

/** What mechanisms remember of the newest round at each site, in memory alone. */
export class RoundMemory {
  readonly #newest = new Map<string, { readonly run: string; readonly states: Map<string, State> }>();

  /** The place of one mechanism in one round at one site. That of another run or round is gone once this is called. */
  of(clientId: string, runId: string, round: number, mechanism: string): Kept {
    const run = JSON.stringify([runId, round]);
    let newest = this.#newest.get(clientId);
    if (newest?.run !== run) this.#newest.set(clientId, (newest = { run, states: new Map() }));
    const { states } = newest;
    return {
      get: () => states.get(mechanism) ?? null,
      set: (state) => void states.set(mechanism, state),
    };
  }
}

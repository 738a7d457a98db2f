import type { State } from '../base/state.js';
import type { Kept } from '../interfaces/privacy.js';

/** What mechanisms remember of the newest round at each site, in memory alone. */
export class RoundMemory {
  readonly #newest = new Map<string, { readonly run: string; readonly states: Map<string, State> }>();

  // Nothing is there before it is kept: a simulation has a hundred thousand sites, and most mechanisms keep nothing.

  /** The place of one mechanism in one round at one site. That of another run or round is gone once this is called. */
  of(clientId: string, runId: string, round: number, mechanism: string): Kept {
    const run = JSON.stringify([runId, round]);
    if (this.#newest.get(clientId)?.run !== run) this.#newest.delete(clientId);
    const ofRound = () => {
      const newest = this.#newest.get(clientId);
      return newest?.run === run ? newest : undefined;
    };
    return {
      get: () => ofRound()?.states.get(mechanism) ?? null,
      set: (state) => {
        const newest = ofRound() ?? { run, states: new Map<string, State>() };
        newest.states.set(mechanism, state);
        if (!this.#newest.has(clientId)) this.#newest.set(clientId, newest);
      },
    };
  }
}

import type { BlobRef } from '../blobs/chunks.js';

/** What a question left at the hub that was answered. */
export interface LeftBehind {
  readonly ask: string;
  readonly subject: string;
  readonly payload: BlobRef | null;
}

/** A place for one question at a time: what is asked in it later takes the place of what was asked before. */
export interface Lane {
  readonly index: number;
  busy: boolean;
  previous?: LeftBehind | undefined;
  /** What was sent in it is sent in order. */
  tail: Promise<void>;
}

/**
 * Lanes of one hospital, by kind and run. Where one question is under way at a time, as in a round, there is one lane, and of
 * all that a hospital has missed it gets the newest question only.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane[]>();

  /** The first that is free. */
  take(kind: string, run: string): Lane {
    const key = `${kind} ${run}`;
    const lanes = this.#lanes.get(key) ?? [];
    this.#lanes.set(key, lanes);
    let lane = lanes.find(({ busy }) => !busy);
    if (!lane) lanes.push((lane = { index: lanes.length, busy: true, tail: Promise.resolve() }));
    lane.busy = true;
    return lane;
  }

  /** Takes out what questions of a run left behind. */
  leftBehind(run: string): LeftBehind[] {
    const found: LeftBehind[] = [];
    for (const [key, lanes] of this.#lanes) {
      if (!key.endsWith(` ${run}`)) continue;
      for (const lane of lanes) {
        if (lane.previous) found.push(lane.previous);
        lane.previous = undefined;
      }
    }
    return found;
  }

  /** Resolves once all is sent that was to be. */
  async sent(): Promise<void> {
    await Promise.all([...this.#lanes.values()].flat().map(({ tail }) => tail));
  }
}

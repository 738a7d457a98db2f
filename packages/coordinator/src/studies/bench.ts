import type { Presence } from './presence.js';

/** How a member has kept a round waiting: until its deadline, or by going away in mid-round. */
export type Fault = 'deadline' | 'lapse';

interface Misses {
  /** In a row. */
  readonly number: number;
  /** The newest was in this round, counted as they were started. */
  readonly at: number;
  /** The first round that it may be asked in again, counted likewise. */
  readonly from: number;
  /** The round of the run that it was asked for and has not answered. */
  readonly owes: number | undefined;
}

/** However often it has missed, a member is left out for no more than 2^6 rounds. */
const mostDoublings = 6;

/**
 * Who is not asked for a while, so that a slow or silent hospital costs a round's deadline once and not each round's. After
 * the k-th missed deadline in a row a member is left out for 2^(k-1) rounds, and until it no longer says that it is at the
 * round that it has missed; after going away in mid-round, which costs the grace alone, for 2^(k-1) - 1. Whoever is away as
 * a round starts is asked again as soon as it is back. Rounds are counted as they are started: one that is run again counts
 * again.
 */
export class Bench {
  readonly #misses = new Map<string, Misses>();
  #started = 0;
  #underWay: number | undefined;

  /** @param runId the only run whose rounds are counted */
  constructor(
    private readonly runId: string,
    private readonly presence: Presence,
  ) {}

  /** Someone is asked in a round. @returns whether it is the first of it */
  inRound(round: number): boolean {
    if (round === this.#underWay) return false;
    this.#underWay = round;
    this.#started++;
    return true;
  }

  /** No round is under way: the next one counts, even if it has the number of the last. */
  over(): void {
    this.#underWay = undefined;
  }

  /** Why it is not asked in the round that is under way, or else the next; undefined: it is. */
  why(id: string): string | undefined {
    const misses = this.#misses.get(id);
    if (!misses) return undefined;
    const left = misses.from - (this.#underWay === undefined ? this.#started + 1 : this.#started);
    const times = misses.number === 1 ? 'a round' : `${misses.number} rounds in a row`;
    if (left > 0)
      return `${id} has kept ${times} waiting: it is asked again ${left === 1 ? 'in the next round' : `in ${left} rounds`}`;
    if (misses.owes !== undefined && this.#isAt(id, misses.owes)) return `${id} is still at round ${misses.owes}`;
    return undefined;
  }

  /** It has kept the round that is under way waiting, or, before any round, the meeting of all. */
  missed(id: string, fault: Fault): void {
    const { number } = this.#misses.get(id) ?? { number: 0 };
    const gap = 2 ** Math.min(number, mostDoublings) - (fault === 'lapse' ? 1 : 0);
    const at = this.#started;
    this.#misses.set(id, { number: number + 1, at, from: at + 1 + gap, owes: this.#underWay });
  }

  /** It has answered in time: nothing is held against it. */
  answered(id: string): void {
    this.#misses.delete(id);
  }

  /** It is away, and costs nothing: unless it has cost this very round something before, it is asked once it is back. */
  away(id: string): void {
    if (this.#misses.get(id)?.at !== this.#started) this.#misses.delete(id);
  }

  /** Who is left out for what is past may be asked in the round that starts next. */
  forgive(): void {
    for (const [id, misses] of this.#misses) this.#misses.set(id, { ...misses, from: 0 });
  }

  #isAt(id: string, round: number): boolean {
    const { busyWith } = this.presence.of(id);
    return busyWith?.runId === this.runId && (busyWith.round ?? round) <= round;
  }
}

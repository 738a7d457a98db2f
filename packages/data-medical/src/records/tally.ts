/** How often something was left out, converted or taken with a grain of salt. */
export interface Counted {
  /** A column of the mapping, or the source as a whole. */
  readonly subject: string;
  readonly what: string;
  readonly count: number;
}

/** Counts by subject and reason, in the order in which they were first met. Reasons hold no content of a record. */
export class Tally {
  readonly #counts = new Map<string, { subject: string; what: string; count: number }>();

  add(subject: string, what: string, n = 1): void {
    const key = `${subject}\0${what}`;
    const counted = this.#counts.get(key);
    if (counted) counted.count += n;
    else this.#counts.set(key, { subject, what, count: n });
  }

  counts(): readonly Counted[] {
    return [...this.#counts.values()].map((counted) => ({ ...counted }));
  }

  remarks(): readonly string[] {
    return this.counts().map(({ subject, what, count }) => `${subject}: ${what} (${count})`);
  }
}

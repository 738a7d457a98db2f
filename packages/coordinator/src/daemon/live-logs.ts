import type { ShownLine } from '@fedward/transport-nats';

/** A line that a hospital has shown, as `fedward coordinator logs` tells it. */
export interface LiveLogLine extends ShownLine {
  /** Grows by one with each line of all hospitals, from 0 on. */
  readonly number: number;
  readonly site: string;
  /** When it came in here, ISO 8601, UTC. */
  readonly time: string;
}

/** As many of each hospital are kept, in memory alone. */
const mostLines = 500;

/** What hospitals show of their work, where they do. */
export class LiveLogs {
  readonly #lines = new Map<string, LiveLogLine[]>();
  #number = 0;

  /** @param now ISO 8601, UTC */
  constructor(private readonly now: () => string = () => new Date().toISOString()) {}

  add(site: string, line: ShownLine): void {
    const lines = this.#lines.get(site) ?? [];
    lines.push({ number: this.#number++, site, time: this.now(), ...line });
    if (lines.length > mostLines) lines.shift();
    this.#lines.set(site, lines);
  }

  /** In the order in which they came. @param site all, where it is absent @param from number of the first that is wanted */
  lines(site: string | undefined, from = 0): readonly LiveLogLine[] {
    const lines = site === undefined ? [...this.#lines.values()].flat() : (this.#lines.get(site) ?? []);
    return lines.filter(({ number }) => number >= from).sort((a, b) => a.number - b.number);
  }
}

/** What local trainings did and took, for a result's timing. */
export class TrainingWork {
  #steps = 0;
  #seconds = 0;
  /** Times in which at least one training was under way: in order, apart from each other. */
  readonly #spans: { begin: number; end: number }[] = [];

  /**
   * @param began seconds on a clock that all threads share
   * @param seconds that it took
   */
  add(steps: number, began: number, seconds: number): void {
    this.#steps += steps;
    this.#seconds += seconds;
    const span = { begin: began, end: began + seconds };
    const spans = this.#spans;
    let place = spans.length;
    while (place > 0 && spans[place - 1]!.end >= span.begin) place--;
    let after = place;
    for (; after < spans.length && spans[after]!.begin <= span.end; after++) {
      span.begin = Math.min(span.begin, spans[after]!.begin);
      span.end = Math.max(span.end, spans[after]!.end);
    }
    spans.splice(place, after - place, span);
  }

  get steps(): number {
    return this.#steps;
  }

  /** Of all trainings, one after the other. */
  get seconds(): number {
    return this.#seconds;
  }

  /** In which at least one training was under way: what several threads do at once is counted once. */
  get elapsedSeconds(): number {
    return this.#spans.reduce((sum, { begin, end }) => sum + (end - begin), 0);
  }
}

/** Seconds on a clock that all threads of the process share. */
export function clock(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

interface Held {
  value: number;
  readonly patient: string | number;
}

/**
 * The lowest and highest values of a few patients, one of each patient: so that a range can be shown that is nobody's own.
 * Memory: `patients` values for each end.
 */
export class Extremes {
  readonly #lowest: Held[] = [];
  readonly #highest: Held[] = [];

  /** @param patients that must reach a value before it is shown, >= 1 */
  constructor(private readonly patients: number) {}

  add(value: number, patient: string | number): void {
    this.#keep(this.#lowest, value, patient, 1);
    this.#keep(this.#highest, value, patient, -1);
  }

  /**
   * A value that so many patients are at or below, and one that so many are at or above, rounded outwards to two digits
   * of their distance; undefined where there are too few patients.
   */
  rounded(): { readonly low: number; readonly high: number } | undefined {
    if (this.#lowest.length < this.patients) return undefined;
    const from = this.#lowest.at(-1)!.value;
    const to = this.#highest.at(-1)!.value;
    const [low, high] = from <= to ? [from, to] : [to, from];
    const step = 10 ** (Math.floor(Math.log10(high - low || Math.abs(high) || 1)) - 1);
    const rounded = (value: number, round: (x: number) => number) =>
      Number((round(value / step) * step).toPrecision(12)) || 0;
    return { low: rounded(low, Math.floor), high: rounded(high, Math.ceil) };
  }

  /** @param sign 1: keeps the lowest; -1: the highest. The one that would go first stands last. */
  #keep(held: Held[], value: number, patient: string | number, sign: 1 | -1): void {
    const beyond = (a: number, b: number) => sign * (a - b) < 0;
    if (held.length === this.patients && !beyond(value, held.at(-1)!.value)) return;
    const own = held.find((other) => other.patient === patient);
    if (own) {
      if (!beyond(value, own.value)) return;
      own.value = value;
    } else {
      if (held.length === this.patients) held.pop();
      held.push({ value, patient });
    }
    held.sort((a, b) => sign * (a.value - b.value));
  }
}

import { usualMissing } from '@fedward/kit-tables';

/** So many different values of a column are kept, to be looked at once; what comes later is looked at as it comes. */
const mostKept = 20_000;

const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** What is to be known of a column's cells: how many, how different, of what form. The cells themselves stay in here. */
export class CellTally {
  /** Cells that hold anything. */
  cells = 0;
  /** Cells that hold a number, and a whole number. */
  numbers = 0;
  wholes = 0;
  /** Whole numbers that begin with a zero, of more than one digit. */
  zeros = 0;
  /** Of numbers over 89 and up to 130. */
  over89 = 0;
  highest = -Infinity;
  lowest = Infinity;
  /** Cells of several words. */
  texts = 0;
  /** Of whole numbers without a sign: their digits, fewest and most. */
  fewestDigits = Infinity;
  mostDigits = 0;
  /** Cells that are letters and digits, of one word. */
  codes = 0;
  readonly #kept = new Map<string, number>();
  #beyond = 0;
  readonly #late: (cell: string) => void;

  /** @param late is given each cell that is new after so many that they are no longer kept */
  constructor(late: (cell: string) => void) {
    this.#late = late;
  }

  see(text: string): void {
    const cell = text.trim();
    if (cell === '' || usualMissing.includes(cell)) return;
    this.cells++;
    if (number.test(cell)) this.#seeNumber(cell);
    else if (/\s\S/.test(cell)) this.texts++;
    else if (/\d/.test(cell)) this.codes++;
    const seen = this.#kept.get(cell);
    if (seen !== undefined || this.#kept.size < mostKept) this.#kept.set(cell, (seen ?? 0) + 1);
    else {
      this.#beyond++;
      this.#late(cell);
    }
  }

  #seeNumber(cell: string): void {
    const value = Number(cell);
    this.numbers++;
    this.highest = Math.max(this.highest, value);
    this.lowest = Math.min(this.lowest, value);
    if (value > 89 && value <= 130) this.over89++;
    if (!Number.isInteger(value)) return;
    this.wholes++;
    if (!/^\d+$/.test(cell)) return;
    if (/^0\d/.test(cell)) this.zeros++;
    this.fewestDigits = Math.min(this.fewestDigits, cell.length);
    this.mostDigits = Math.max(this.mostDigits, cell.length);
  }

  /** Different values, with how often each occurs. */
  values(): Iterable<[string, number]> {
    return this.#kept.entries();
  }

  /** How many different values there are; beyond so many all count as different. */
  get different(): number {
    return this.#kept.size + this.#beyond;
  }

  /** How many of the cells are different from all others. */
  get distinctShare(): number {
    return this.cells === 0 ? 0 : this.different / this.cells;
  }
}

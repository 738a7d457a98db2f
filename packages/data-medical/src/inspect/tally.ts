import {
  canonicalText,
  hasGroupsOfThree,
  hasUnit,
  parseNumber,
  valueKey,
  type ArrayCell,
  type DecimalMark,
  type Level,
  type MissingTokens,
} from '@fedward/kit-tables';
import { Extremes } from './extremes.js';

/** More different values than this make a column of text free text, and a column of integers a quantity. */
const mostLevels = { text: 20, integers: 10 };
/** Rows a level on average, below which values are taken for free text or a quantity rather than codes. */
const rowsPerLevel = 5;

/** What the rows of one column tell, as far as it may be shown. */
export interface InspectedColumn {
  /** As the header has it; '' where it has none. */
  readonly name: string;
  /**
   * A guess. `id`: tells patients apart, by its name; `constant`: one value; `mixed`: numbers for the greater part, and
   * other cells; `text`: many different values, or too few rows of each.
   */
  readonly kind: 'numeric' | 'binary' | 'categorical' | 'array' | 'id' | 'constant' | 'mixed' | 'text' | 'empty';
  /** Number of rows without a value. */
  readonly missing: number;
  /** Of a column of numbers: how many cells are none, and on which line the first of them is. */
  readonly notNumbers?: { readonly cells: number; readonly firstLine: number };
  /**
   * Of a column of numbers: not the lowest and highest value, each of which would be one patient's, but values that at
   * least `minimumPatients` reach, rounded outwards to two digits.
   */
  readonly low?: number;
  readonly high?: number;
  /** Values of a binary, categorical or constant column, in order: those that at least `minimumPatients` have. */
  readonly levels?: readonly Level[];
  /** Number of values that fewer patients have. */
  readonly levelsNotShown?: number;
  /** Of arrays: their shape where all have one, and how far their numbers go. */
  readonly array?: InspectedArray;
  /** Of an id: number of different ones. */
  readonly different?: number;
}

/** What arrays have in common. */
export interface InspectedArray {
  readonly shape: readonly number[];
  readonly oneShape: boolean;
  readonly lowest: number;
  readonly highest: number;
}

/** A row's cell that a tally is given. */
export interface TalliedCell {
  readonly cell: string;
  readonly line: number;
  /** Whose row it is. */
  readonly patient: string | number;
}

interface LevelCount {
  readonly level: Level;
  rows: number;
  /** As many as it takes to show the level, and no more. */
  readonly patients: Set<string | number>;
}

export interface TallyOptions {
  readonly missing: MissingTokens;
  readonly decimal: DecimalMark;
  readonly minimumPatients: number;
}

/** What is kept of a column while the file goes by: nothing that grows with it. */
export class Tally {
  #present = 0;
  #missing = 0;
  #numbers = 0;
  #integers = 0;
  /**
   * Numbers with a point; what would be a number if a comma were the decimal mark; and what is also one if commas part
   * thousands.
   */
  readonly marks = { point: 0, comma: 0, thousands: 0 };
  #withUnit = 0;
  #firstOther: number | undefined;
  #beyond = 0;
  #tooMany = false;
  readonly #levels = new Map<string, LevelCount>();
  readonly #extremes: Extremes;

  constructor(
    readonly name: string,
    private readonly options: TallyOptions,
  ) {
    this.#extremes = new Extremes(options.minimumPatients);
  }

  /**
   * True where commas may part thousands, and nothing tells that they are decimal marks: each of them has three digits
   * behind it.
   */
  get ambiguousCommas(): boolean {
    const { comma, thousands } = this.marks;
    return thousands > 0 && comma <= thousands;
  }

  /** True where most cells are numbers with a unit or a percent sign behind them. */
  get mostlyWithUnit(): boolean {
    return this.#withUnit > 0 && 2 * this.#withUnit >= this.#present;
  }

  /** Number of cells that hold something. */
  get present(): number {
    return this.#present;
  }

  /** Number of cells whose number is beyond what a model can hold. */
  get beyond(): number {
    return this.#beyond;
  }

  add({ cell, line, patient }: TalliedCell): void {
    const { missing, decimal } = this.options;
    if (missing.has(cell)) {
      this.#missing++;
      return;
    }
    this.#present++;
    const value = parseNumber(cell, decimal);
    if (decimal === '.' && value === undefined) {
      if (parseNumber(cell, ',') !== undefined) this.marks.comma++;
      if (hasGroupsOfThree(cell)) this.marks.thousands++;
    }
    if (value === undefined) {
      this.#firstOther ??= line;
      if (hasUnit(cell)) this.#withUnit++;
    } else {
      this.#numbers++;
      if (Number.isInteger(value)) this.#integers++;
      if (cell.includes('.')) this.marks.point++;
      if (Number.isFinite(Math.fround(value))) this.#extremes.add(value, patient);
      else this.#beyond++;
    }
    this.#count(cell, value, patient);
  }

  #count(cell: string, value: number | undefined, patient: string | number): void {
    if (this.#tooMany) return;
    const key = valueKey(cell, this.options.decimal);
    let count = this.#levels.get(key);
    if (!count) {
      if (this.#levels.size > mostLevels.text) {
        this.#tooMany = true;
        this.#levels.clear();
        return;
      }
      count = { level: value ?? canonicalText(cell), rows: 0, patients: new Set() };
      this.#levels.set(key, count);
    }
    count.rows++;
    if (count.patients.size < this.options.minimumPatients) count.patients.add(patient);
  }

  #array: { shape: readonly number[]; oneShape: boolean; lowest: number; highest: number } | undefined;

  /** A cell that holds an array. */
  addArray({ shape, values }: ArrayCell): void {
    this.#present++;
    const array = (this.#array ??= { shape, oneShape: true, lowest: Infinity, highest: -Infinity });
    array.oneShape &&= shape.join() === array.shape.join();
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < array.lowest) array.lowest = value;
      if (value > array.highest) array.highest = value;
    }
  }

  column(): InspectedColumn {
    const { name } = this;
    if (this.#array) {
      // The last digits of a lowest and highest value would be one patient's own.
      const { lowest, highest, ...array } = this.#array;
      const rounded = { lowest: Math.floor(lowest), highest: Math.ceil(highest) };
      return { name, kind: 'array', missing: this.#missing, array: { ...array, ...rounded } };
    }
    const kind = this.#kind();
    const others = this.#present - this.#numbers;
    const range = kind === 'numeric' ? this.#extremes.rounded() : undefined;
    const coded = kind === 'binary' || kind === 'categorical' || kind === 'constant';
    const levels = [...this.#levels.values()];
    const shown = levels.filter(({ patients }) => patients.size >= this.options.minimumPatients);
    return {
      name,
      kind,
      missing: this.#missing,
      ...(others > 0 && this.#mostlyNumbers && { notNumbers: { cells: others, firstLine: this.#firstOther! } }),
      ...range,
      ...(coded && {
        levels: shown.map(({ level }) => level).sort(inOrder),
        ...(shown.length < levels.length && { levelsNotShown: levels.length - shown.length }),
      }),
    };
  }

  /** True where numbers are the rule, and a few cells are something else that is no code of its own. */
  get #strays(): boolean {
    const { minimumPatients } = this.options;
    const rare = ({ level, patients }: LevelCount) => typeof level === 'string' && patients.size < minimumPatients;
    return this.#mostlyNumbers && (this.#tooMany || [...this.#levels.values()].some(rare));
  }

  get #mostlyNumbers(): boolean {
    return 2 * this.#numbers >= this.#present;
  }

  /** True where all that is there is 0 or 1: a code whose two levels everyone knows, whichever of them occur here. */
  get zeroOrOne(): boolean {
    return (
      this.#present > 0 && !this.#tooMany && [...this.#levels.values()].every(({ level }) => level === 0 || level === 1)
    );
  }

  #kind(): InspectedColumn['kind'] {
    if (this.#present === 0) return 'empty';
    if (this.zeroOrOne) return 'binary';
    const numbers = this.#numbers === this.#present;
    const different = this.#tooMany ? Infinity : this.#levels.size;
    if (different === 1) return 'constant';
    if (!numbers && this.#strays) return 'mixed';
    const limit = !numbers ? mostLevels.text : this.#integers === this.#present ? mostLevels.integers : 2;
    if (different <= limit && this.#present >= rowsPerLevel * different)
      return different === 2 ? 'binary' : 'categorical';
    return numbers ? 'numeric' : 'text';
  }
}

function inOrder(a: Level, b: Level): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
}

import type { IdentifierCategory, IdentifierFinding } from './categories.js';
import { cellPatterns, type CellPattern } from './cell-patterns.js';
import { isAge, namedColumns, wordsOf, type NamedColumn } from './column-names.js';
import { hasShape, isKey } from './shapes.js';
import { CellTally } from './tally.js';
import { restrictedZipCodes2000, type RestrictedZipCodes } from './zip-codes.js';
import { uuids, type TextPattern } from './text-matching.js';
import { textPatterns } from './text-patterns.js';

/** Numbers shorter than this, or with a point, are no identifier that a pattern knows. */
const plainNumber = /^[-+]?(?:\d{1,6}|\d*\.\d+|\d+\.\d*)(?:e[-+]?\d+)?$/i;

const threeDigits = /^\d{3}(?:00|\*\*|XX|xx)?$/;

/** What is looked at in one piece, and how much of it again with the next: long cells take as long as many short ones. */
const piece = 2000;
const overlap = 200;

function piecesOf(text: string): readonly string[] {
  if (text.length <= piece) return [text];
  const pieces = Math.ceil((text.length - overlap) / (piece - overlap));
  return Array.from({ length: pieces }, (_, i) => text.slice(i * (piece - overlap), i * (piece - overlap) + piece));
}

/** Where whole cells match a pattern, that is what they are: other patterns that see a part of them are not told. */
const keepsOthersOut: Partial<Record<string, readonly string[]>> = {
  date: ['phone'],
  ipv4: ['date', 'phone'],
  iban: ['phone'],
  email: ['url'],
};

/** Looks at the cells of one column, one after the other, and tells at the end what identifiers it may hold. */
export class ColumnScan {
  readonly name: string;
  readonly #zipCodes: RestrictedZipCodes;
  readonly #tally: CellTally;
  readonly #text = new Map<TextPattern, number>();
  readonly #whole = new Map<CellPattern, { values: number; cells: number }>();

  /** @param zipCodes three digits of which may not be told, in the version that is to be kept to */
  constructor(name: string, zipCodes: RestrictedZipCodes = restrictedZipCodes2000) {
    this.name = name;
    this.#zipCodes = zipCodes;
    this.#tally = new CellTally((cell) => this.#look(cell, 1));
  }

  /** @param cell as the file has it; one that holds nothing is not counted */
  see(cell: string): void {
    this.#tally.see(cell);
  }

  /** How many cells hold anything. */
  get cells(): number {
    return this.#tally.cells;
  }

  /** How many different values there are. */
  get different(): number {
    return this.#tally.different;
  }

  /** One for each category and way of finding; to be asked once, after all cells. */
  findings(): readonly IdentifierFinding[] {
    for (const [cell, times] of this.#tally.values()) this.#look(cell, times);
    const inText = this.#inText();
    const all = [...this.#byName(), ...this.#byValues(), ...inText, ...this.#byNumbers()];
    const found = all.filter((finding, i) => all.findIndex(({ category }) => category === finding.category) === i);
    // A unique code is told where nothing else tells what most of its cells are.
    const told = found.some(({ cells, of }) => 2 * cells >= of);
    return told || !isKey(this.#tally)
      ? found
      : [
          ...found,
          this.#finding(
            'R',
            'unique-key',
            'a value of its own for each row, of a form that measures have not',
            'values',
          ),
        ];
  }

  #look(cell: string, times: number): void {
    if (plainNumber.test(cell) && cell.length < 5) return;
    for (const pattern of cellPatterns) {
      if (!pattern.test(cell)) continue;
      const { values, cells } = this.#whole.get(pattern) ?? { values: 0, cells: 0 };
      this.#whole.set(pattern, { values: values + 1, cells: cells + times });
    }
    if (plainNumber.test(cell)) return;
    // Hexadecimal digits make words: what is within a UUID is nothing else.
    const rest = piecesOf(cell.replace(uuids, ' '));
    for (const pattern of textPatterns)
      if (pattern.detector === 'uuid' ? pattern.test(cell) : rest.some((piece) => pattern.test(piece)))
        this.#text.set(pattern, (this.#text.get(pattern) ?? 0) + times);
  }

  #byName(): IdentifierFinding[] {
    const words = wordsOf(this.name);
    const named: NamedColumn[] = namedColumns.filter(
      ({ name, shape }) => name.test(words) && hasShape(shape, this.#tally),
    );
    return named.flatMap(({ category, detector, pattern }) =>
      detector === 'named-zip' && this.#hasThreeDigits()
        ? this.#restrictedZips()
        : [this.#finding(category, detector, pattern, 'name')],
    );
  }

  /** True where ZIP codes are cut to three digits: `021`, `021**`, `02100` and `021XX` are all written. */
  #hasThreeDigits(): boolean {
    return [...this.#tally.values()].every(([cell]) => threeDigits.test(cell));
  }

  #restrictedZips(): IdentifierFinding[] {
    const { prefixes, version } = this.#zipCodes;
    const cells = [...this.#tally.values()].filter(([cell]) => prefixes.includes(cell.slice(0, 3)));
    const sum = cells.reduce((all, [, times]) => all + times, 0);
    const words = `three digits of ZIP codes whose areas have 20,000 inhabitants or fewer (${version})`;
    return sum === 0 ? [] : [this.#finding('B', 'zip-restricted', words, 'values', sum)];
  }

  #byValues(): IdentifierFinding[] {
    const { different, zeros, cells, numbers } = this.#tally;
    return [...this.#whole].flatMap(([{ detector, category, pattern, share, atLeast }, seen]) => {
      if (seen.values < atLeast || seen.values < share * different) return [];
      // Five and nine digits are measures as well, of which none begins with a zero.
      const digitsAlone = detector === 'zip-codes' || detector === 'ssn-digits';
      if (digitsAlone && zeros === 0 && numbers === cells) return [];
      return [this.#finding(category, detector, pattern, 'values', seen.cells)];
    });
  }

  #inText(): IdentifierFinding[] {
    const detectors = new Map([...this.#text].map(([{ detector }, cells]) => [detector, cells]));
    const shut = new Set(
      Object.entries(keepsOthersOut).flatMap(([detector, others = []]) =>
        others.filter((other) => (detectors.get(other) ?? 0) <= (detectors.get(detector) ?? -1)),
      ),
    );
    return [...this.#text].flatMap(([{ detector, category, pattern }, cells]) =>
      shut.has(detector) ? [] : [this.#finding(category, detector, pattern, 'text', cells)],
    );
  }

  /** Ages, which are told by a column's name and by how large its numbers are. */
  #byNumbers(): IdentifierFinding[] {
    const { over89, highest, lowest } = this.#tally;
    if (!isAge(wordsOf(this.name)) || over89 === 0 || highest > 130 || lowest < 0) return [];
    return [this.#finding('C', 'age-over-89', 'ages over 89', 'values', over89)];
  }

  #finding(
    category: IdentifierCategory,
    detector: string,
    pattern: string,
    by: IdentifierFinding['by'],
    cells = this.#tally.cells,
  ): IdentifierFinding {
    return { column: this.name, category, detector, pattern, by, cells, of: this.#tally.cells, certain: true };
  }
}

/**
 * What identifiers a table may hold, column by column.
 * @param columns names, and their cells as text
 */
export function findIdentifiers(
  columns: readonly { readonly name: string; readonly cells: Iterable<string> }[],
): readonly IdentifierFinding[] {
  return columns.flatMap(({ name, cells }) => {
    const scan = new ColumnScan(name);
    for (const cell of cells) scan.see(cell);
    return scan.findings();
  });
}

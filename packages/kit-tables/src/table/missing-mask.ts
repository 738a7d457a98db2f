/** Rows of one piece; pieces are made for rows that lack something alone. */
const rowsPerPiece = 4096;

/** Which cells of a table had no value, a bit a cell. What has a value in each of its cells takes no memory. */
export class MissingMask {
  readonly #bytesPerRow: number;
  readonly #pieces: (Uint8Array | undefined)[] = [];
  readonly #row: Uint8Array;
  /** Whether `#row` holds a 1. */
  #shown = false;

  constructor(readonly columns: number) {
    this.#bytesPerRow = Math.ceil(columns / 8);
    this.#row = new Uint8Array(columns);
  }

  /** @param missing [columns]: 1 where there is no value */
  set(row: number, missing: Uint8Array): void {
    for (let i = 0; i < missing.length; i++) {
      if (missing[i] === 0) continue;
      const piece = (this.#pieces[Math.floor(row / rowsPerPiece)] ??= new Uint8Array(rowsPerPiece * this.#bytesPerRow));
      piece[(row % rowsPerPiece) * this.#bytesPerRow + (i >> 3)]! |= 1 << (i & 7);
    }
  }

  /** [columns]: 1 where there is no value; to be looked at before the next row is asked for. */
  row(row: number): Uint8Array {
    const piece = this.#pieces[Math.floor(row / rowsPerPiece)];
    if (!piece) {
      if (this.#shown) this.#row.fill(0);
      this.#shown = false;
      return this.#row;
    }
    const start = (row % rowsPerPiece) * this.#bytesPerRow;
    for (let i = 0; i < this.columns; i++) this.#row[i] = (piece[start + (i >> 3)]! >> (i & 7)) & 1;
    this.#shown = true;
    return this.#row;
  }
}

/** What a piece holds at most, unless a single row is more. */
const pieceBytes = 2 ** 20;

/**
 * Rows of float64 numbers, added one by one and gone through in order. There is no array of all of them, which would be
 * there twice while it grows; and pieces that were taken are given back to the system at once, not when the garbage
 * collector finds the time: a table is most of what a process holds, and what it becomes grows while it goes.
 */
export class RowStore {
  readonly #rowsPerPiece: number;
  /** Resizable, since a buffer that is made smaller gives its memory back. To read from one is slow: they are copied. */
  readonly #full: ArrayBuffer[] = [];
  /** [rowsPerPiece, width] */
  readonly #filling: Float64Array;
  /** A copy of one of the full pieces. */
  #shown: { readonly piece: number; readonly values: Float64Array } | undefined;
  #count = 0;

  constructor(readonly width: number) {
    this.#rowsPerPiece = Math.max(1, Math.floor(pieceBytes / 8 / width));
    this.#filling = new Float64Array(this.#rowsPerPiece * width);
  }

  /** @param row [width]; copied */
  add(row: Float64Array): void {
    const at = this.#count++ % this.#rowsPerPiece;
    this.#filling.set(row, at * this.width);
    if (at + 1 < this.#rowsPerPiece) return;
    const { byteLength } = this.#filling;
    const piece = new ArrayBuffer(byteLength, { maxByteLength: byteLength });
    new Float64Array(piece).set(this.#filling);
    this.#full.push(piece);
  }

  /** [width]: one of the rows, to be looked at before the next is asked for. Quick where rows are asked for in order. */
  row(row: number): Float64Array {
    return this.#row(row, false);
  }

  /** The same, for the last time: in order, after which none of them is there any more. */
  take(row: number): Float64Array {
    return this.#row(row, true);
  }

  #row(row: number, last: boolean): Float64Array {
    const piece = Math.floor(row / this.#rowsPerPiece);
    const at = (row % this.#rowsPerPiece) * this.width;
    const values = piece < this.#full.length ? this.#show(piece, last) : this.#filling;
    return values.subarray(at, at + this.width);
  }

  #show(piece: number, last: boolean): Float64Array {
    if (this.#shown?.piece === piece) return this.#shown.values;
    const full = this.#full[piece]!;
    if (full.byteLength === 0) throw new Error('these rows were taken');
    const values = this.#shown?.values ?? new Float64Array(this.#filling.length);
    values.set(new Float64Array(full));
    this.#shown = { piece, values };
    if (last) full.resize(0);
    return values;
  }
}

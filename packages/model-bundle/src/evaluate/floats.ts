/** Numbers that come piece by piece, of which nobody knows how many there will be. */
export class Floats {
  readonly #pieces: Float32Array[] = [];

  add(values: Float32Array): void {
    if (values.length > 0) this.#pieces.push(values);
  }

  /** [length]: all of them; the pieces are gone. */
  take(length: number): Float32Array {
    const all = new Float32Array(length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    this.#pieces.length = 0;
    return all;
  }
}

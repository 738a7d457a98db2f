/** Bytes that come piece by piece, taken as many at a time as are wanted. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Uint8Array[] = [];
  #length = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** @returns the next bytes, in a buffer of their own; undefined where there are fewer */
  async take(bytes: number): Promise<Uint8Array | undefined> {
    while (this.#length < bytes) {
      const next = await this.#pieces.next();
      if (next.done) return undefined;
      this.#held.push(next.value);
      this.#length += next.value.length;
    }
    const taken = new Uint8Array(bytes);
    let at = 0;
    while (at < bytes) {
      const first = this.#held[0]!;
      const part = first.subarray(0, bytes - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === first.length) this.#held.shift();
      else this.#held[0] = first.subarray(part.length);
    }
    this.#length -= bytes;
    return taken;
  }

  /** Reads to the end, so that what is checked there is checked. @returns whether nothing was left */
  async end(): Promise<boolean> {
    let left = this.#length;
    for (let next = await this.#pieces.next(); !next.done; next = await this.#pieces.next()) left += next.value.length;
    return left === 0;
  }

  async close(): Promise<void> {
    this.#held = [];
    await this.#pieces.return?.(undefined);
  }
}

/** Whose records they are: each id once, and a number a record. */
export class PatientCodes {
  readonly #known = new Map<string, number>();
  readonly #names: string[] = [];
  #codes = new Uint32Array(1024);
  #count = 0;

  add(id: string): void {
    let code = this.#known.get(id);
    if (code === undefined) {
      code = this.#names.length;
      // A copy: a piece of a line keeps all of the text that it was cut from.
      const own = id.length < longestCopied ? id : Buffer.from(id).toString();
      this.#names.push(own);
      this.#known.set(own, code);
    }
    if (this.#count === this.#codes.length) {
      const larger = new Uint32Array(2 * this.#count);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#count++] = code;
  }

  /** [count]; undefined where there are none, or each record is of a patient of its own: then nothing hangs on them. */
  ids(): readonly string[] | undefined {
    if (this.#names.length === this.#count) return undefined;
    return Array.from({ length: this.#count }, (_, i) => this.#names[this.#codes[i]!]!);
  }
}

/** V8 keeps a part of a string of this length and more as a view of the whole. */
const longestCopied = 13;

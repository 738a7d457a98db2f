const arrays = { float: Float32Array, double: Float64Array, int32: Int32Array, int64: Float64Array } as const;

/** A growing list of numbers in as many bytes as they have: a number in JavaScript's own lists may take several times those. */
export class NumberList {
  #values: Float32Array | Float64Array | Int32Array;
  #length = 0;

  constructor(type: keyof typeof arrays) {
    this.#values = new arrays[type](16);
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new (this.#values.constructor as typeof Float64Array)(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** All of them, without a copy. */
  get values(): Float32Array | Float64Array | Int32Array {
    return this.#values.subarray(0, this.#length);
  }
}

import { readFileSync } from 'node:fs';

/** Adds buffers of 32-bit words: the program of assembly/index.ts, with the memory that it works in. */
export interface Program {
  /** Most words that it takes at once. */
  readonly mostWords: number;
  /** What is added next, of `mostWords`: its memory, as words and as bytes. */
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  /** Adds as many of `words` as there are in `into`, at most `mostWords`, to it, or takes them off, modulo 2^32. */
  addTo(into: Uint32Array, sign: 1 | -1): void;
}

/** The part of WebAssembly's JavaScript interface that is used here: TypeScript has its types for browsers alone. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

interface Address {
  readonly value: number;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly mostWords: { readonly value: number };
  readonly into: Address;
  readonly words: Address;
  add(count: number): void;
  subtract(count: number): void;
}

let loaded: Program | undefined;

/** One for each thread. No call of it waits for anything, so that nobody else comes between. */
export function program(): Program {
  return (loaded ??= load());
}

function load(): Program {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  // build/ lies beside both src/ and dist/.
  const file = import.meta.url.includes('/src/crypto/program.') ? '../../build/' : '../build/';
  const bytes = readFileSync(new URL(`${file}words.wasm`, import.meta.url));
  const abort = (): never => {
    throw new Error('the program that adds words stopped');
  };
  const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { abort } }).exports as Exports;
  const { memory, mostWords, add, subtract } = exports;
  // Its memory never grows: everything is reserved as it starts.
  const view = ({ value }: Address) => new Uint32Array(memory.buffer, value, mostWords.value);
  const [sum, words] = [view(exports.into), view(exports.words)];
  return {
    mostWords: mostWords.value,
    words,
    bytes: new Uint8Array(words.buffer, words.byteOffset, words.byteLength),
    addTo(into, sign) {
      sum.set(into);
      (sign === 1 ? add : subtract)(into.length);
      into.set(sum.subarray(0, into.length));
    },
  };
}

import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import type { BuildName } from '../engine/module.js';
import { webAssembly, type WasmMemory } from '../engine/webassembly.js';

type OfValues = (target: number, source: number, count: number) => void;

/** What assembly/testing/entry.ts exports. Addresses are bytes. */
interface Exports {
  readonly memory: WasmMemory;
  readonly log: OfValues;
  readonly expm1: OfValues;
  readonly tanh: OfValues;
  readonly sigmoid: OfValues;
  readonly minusLog31: OfValues;
  readonly sine: OfValues;
  readonly cosine: OfValues;
  openStream(key: number, rounds: number, step: number, lane: number): void;
  fourBlocks(out: number, group: number): void;
  dropoutMask(
    mask: number,
    first: number,
    count: number,
    rate: number,
    key: number,
    rounds: number,
    step: number,
    lane: number,
  ): void;
  addGaussian(
    values: number,
    count: number,
    standardDeviation: number,
    share: number,
    key: number,
    rounds: number,
    step: number,
    draws: number,
  ): void;
  chooseUnits(chosen: number, units: number, probability: number, key: number, rounds: number, step: number): number;
  addScaled(target: number, source: number, count: number, factor: number): void;
  scale(values: number, count: number, factor: number): void;
  multiplyEach(target: number, a: number, b: number, count: number): void;
  dot(a: number, b: number, count: number): number;
  addRows(sums: number, matrix: number, rows: number, columns: number): void;
  sumColumns(sums: number, matrix: number, rows: number, columns: number): void;
  sumSquares(squares: number, centers: number, matrix: number, rows: number, columns: number): void;
  sumProducts(products: number, sums: number, a: number, b: number, rows: number, columns: number): void;
  cox(examples: number, scores: number, labels: number, gradient: number, room: number): number;
  coxRoom(examples: number): number;
}

/** Parts of the program that it does not export by themselves, with memory to try them on. */
export interface Kernels extends Exports {
  /** Address of so many 32-bit values of room, not 0: what is there before is meant to be noticed. */
  room(values: number): number;
  /** Address of a copy. */
  put(values: Float32Array | Uint32Array): number;
  floats(address: number, count: number): Float32Array;
  words(address: number, count: number): Uint32Array;
  doubles(address: number, count: number): Float64Array;
  /** All room may be given out anew. */
  clear(): void;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const bytes = 64 * 2 ** 20;
/** What stands in memory that nobody has written to. */
export const untouched = 0x7fc0_1234; // a NaN

/** Compiles the parts with the options of a build. */
export async function compileKernels(build: BuildName): Promise<Kernels> {
  let binary: Uint8Array | undefined;
  const options = ['--runtime', 'stub', '-O3', '--converge', '--noAssert', '--enable', 'simd'];
  const relaxed = build === 'relaxed-simd' ? ['--enable', 'relaxed-simd'] : [];
  const { error, stderr } = await asc.main(
    ['assembly/testing/entry.ts', '--baseDir', root, '--outFile', 'testing.wasm', ...options, ...relaxed],
    {
      stderr: asc.createMemoryStream(),
      writeFile: (_, contents) => void (binary = contents as Uint8Array),
    },
  );
  if (error) throw new Error(stderr.toString(), { cause: error });
  const { Instance, Module } = webAssembly;
  return withRoom(new Instance(new Module(binary!), { env: { abort: () => undefined } }).exports as Exports);
}

function withRoom(exports: Exports): Kernels {
  const base = exports.memory.buffer.byteLength;
  exports.memory.grow(bytes / 65_536);
  let next = base;
  const kernels: Kernels = {
    ...exports,
    room(values) {
      const address = next;
      next += 4 * values + 64; // what stands behind is checked by some
      if (next > base + bytes) throw new RangeError('the tests ask for more room than there is');
      next = 16 * Math.ceil(next / 16);
      return address;
    },
    put(values) {
      const address = kernels.room(values.length);
      new Uint8Array(exports.memory.buffer, address).set(
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      );
      return address;
    },
    floats: (address, count) => new Float32Array(exports.memory.buffer, address, count),
    words: (address, count) => new Uint32Array(exports.memory.buffer, address, count),
    doubles: (address, count) => new Float64Array(exports.memory.buffer, address, count),
    clear() {
      next = base;
      new Uint32Array(exports.memory.buffer, base, bytes / 4).fill(untouched);
    },
  };
  kernels.clear();
  return kernels;
}

/** The builds that this runtime can run. */
export const builds: readonly BuildName[] = runsRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd'];

function runsRelaxedSimd(): boolean {
  return Number(process.versions.node.split('.')[0]) >= 22;
}

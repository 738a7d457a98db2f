import { readFileSync } from 'node:fs';
import type { EngineExports } from './exports.js';
import { webAssembly, type WasmModule } from './webassembly.js';

export type BuildName = 'simd' | 'relaxed-simd';

export interface Build {
  readonly name: BuildName;
  readonly module: WasmModule;
}

const loaded = new Map<BuildName, Build>();
let best: Build | undefined;

/**
 * The fastest build that this runtime can run: with relaxed SIMD (one instruction for a multiply-add) from Node 22
 * on. The two round differently; each gives the same bits every time on one kind of processor.
 */
export function bestBuild(): Build {
  best ??= loadBuild(supportsRelaxedSimd() ? 'relaxed-simd' : 'simd');
  return best;
}

export function loadBuild(name: BuildName): Build {
  let build = loaded.get(name);
  if (!build) {
    // build/ lies beside both src/ and dist/.
    const file = import.meta.url.includes('/src/engine/') ? '../../build/' : '../build/';
    const bytes = readFileSync(new URL(`${file}trainer-${name}.wasm`, import.meta.url));
    build = { name, module: new webAssembly.Module(bytes) };
    loaded.set(name, build);
  }
  return build;
}

/** A program with a memory of its own. */
export function instantiate({ module }: Build = bestBuild()): EngineExports {
  const abort = (): never => {
    throw new webAssembly.RuntimeError('the training program stopped');
  };
  return new webAssembly.Instance(module, { env: { abort } }).exports as unknown as EngineExports;
}

/** A module with one f32x4.relaxed_madd. */
function supportsRelaxedSimd(): boolean {
  const body = [0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x0b];
  return webAssembly.validate(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
      ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b], // type: v128 -> v128
      ...[0x03, 0x02, 0x01, 0x00], // one function
      ...[0x0a, body.length + 2, 0x01, body.length, ...body], // its code
    ]),
  );
}

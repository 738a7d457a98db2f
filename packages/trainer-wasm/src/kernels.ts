import { instantiate, loadBuild, bestBuild, type BuildName } from './engine/module.js';

/** The program's matrix product, for measuring it. */
export interface Multiplier {
  readonly build: BuildName;
  /** Computes C = A B on random values `times` times: A [rows, depth], B [depth, columns]. */
  run(rows: number, columns: number, depth: number, times: number): void;
}

/** @param name default: the fastest that this runtime can run */
export function multiplier(name?: BuildName): Multiplier {
  const build = name ? loadBuild(name) : bestBuild();
  const engine = instantiate(build);
  const base = engine.memory.buffer.byteLength;
  return {
    build: build.name,
    run(rows, columns, depth, times) {
      const a = base;
      const b = a + 4 * rows * depth + 64;
      const c = b + 4 * depth * columns + 64;
      const missing = c + 4 * rows * columns + 64 - engine.memory.buffer.byteLength;
      if (missing > 0) {
        engine.memory.grow(Math.ceil(missing / 65_536));
        const values = new Float32Array(engine.memory.buffer, base);
        for (let i = 0; i < values.length; i++) values[i] = (((i * 2_654_435_761) >>> 8) % 2_000) / 1_000 - 1;
      }
      for (let i = 0; i < times; i++) engine.multiply(rows, columns, depth, a, depth, 1, b, columns, 1, c, columns, 0);
    },
  };
}

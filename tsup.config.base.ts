import { defineConfig, type Options } from 'tsup';

/** Every package is built alike: ES modules with types and source maps, dependencies left outside. */
export function library(entry: Options['entry'] = ['src/index.ts'], extra: Options = {}) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    ...extra,
  });
}

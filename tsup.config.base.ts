import { defineConfig, type Options } from 'tsup';

/** Every package is built alike: ES modules with types and source maps, dependencies left outside. */
export function libraryOptions(entry: Options['entry'] = ['src/index.ts'], extra: Options = {}): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    ...extra,
  };
}

export function library(entry?: Options['entry'], extra?: Options) {
  return defineConfig(libraryOptions(entry, extra));
}

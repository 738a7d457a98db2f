import { defineConfig, type Options } from 'tsup';

/**
 * `tsup` builds a whole package, `tsup -- code` all but its types, `tsup -- types` those alone: they take most of the time of
 * a build, and running what is built needs none of them.
 */
const part = process.argv.includes('--') ? process.argv.at(-1) : undefined;

/** Every package is built alike: ES modules with types and source maps, dependencies left outside. */
export function libraryOptions(entry: Options['entry'] = ['src/index.ts'], extra: Options = {}): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    // Whether the types are right is what `npm run typecheck` asks.
    dts: part !== 'code' && { only: part === 'types', compilerOptions: { noCheck: true } },
    sourcemap: true,
    clean: part === 'code' ? ['!**/*.d.ts'] : true, // where types alone are built, nothing is removed
    ...extra,
  };
}

export function library(entry?: Options['entry'], extra?: Options) {
  return defineConfig(libraryOptions(entry, extra));
}

import { library } from '../../tsup.config.base.ts';
import { englishOnly, licenceNotices, readsItsOwnFiles } from './tools/esbuild-plugins.ts';

/**
 * The command and its worker threads, each with all that it needs in few files: reading a hundred small ones takes
 * longer than the first rounds. What is bundled are copies; a plugin of one's own goes with the library (tsup.config.ts),
 * which shares its dependencies with everyone.
 *
 * TensorFlow.js stays outside: it finds its native half and its WebAssembly files by where it lies. So do the
 * benchmarks, with their peers' programs.
 */
export default library(['src/cli.ts', 'src/worker.ts'], {
  dts: false,
  clean: false,
  sourcemap: false,
  splitting: true,
  noExternal: [/^(?!@tensorflow\/|@fedward\/(trainer-tfjs|bench)$)/],
  // CommonJS dependencies ask for built-in modules by `require`, which ES modules lack.
  banner: {
    js: "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);",
  },
  esbuildPlugins: [
    englishOnly,
    readsItsOwnFiles('@fedward/trainer-wasm'),
    licenceNotices('dist/THIRD-PARTY-LICENCES.txt'),
  ],
});

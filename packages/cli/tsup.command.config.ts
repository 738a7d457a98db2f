import { defineConfig, type Options } from 'tsup';
import { libraryOptions } from '../../tsup.config.base.ts';
import { englishOnly, licenceNotices, readsItsOwnFiles } from './tools/esbuild-plugins.ts';

/**
 * TensorFlow.js and ONNX Runtime stay outside: they find their native halves and WebAssembly files by where they lie, and are
 * found by the packages that name them.
 */
const outside = ['trainer-onnx', 'trainer-tfjs'];

/**
 * The command, and its worker threads, each with all that it needs in few files and nothing else: reading a hundred
 * small ones takes longer than the first rounds. What is bundled are copies; a plugin of one's own goes with the library
 * (tsup.config.ts), which shares its dependencies with everyone.
 */
function bundle(entry: string): Options {
  return libraryOptions([`src/${entry}.ts`], {
    dts: false,
    clean: false,
    sourcemap: false,
    splitting: true,
    noExternal: [new RegExp(`^(?!@tensorflow/|@fedward/(${outside.join('|')})$)`)],
    // CommonJS dependencies ask for built-in modules by `require`, which ES modules lack.
    banner: {
      js: "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);",
    },
    // Of a package's build, which is one module, everything that runs when it is loaded would stay (every schema is such a
    // thing); of sources only the modules that are used do.
    esbuildOptions: (options) => void (options.conditions = ['fedward-source', 'module']),
    esbuildPlugins: [
      englishOnly,
      readsItsOwnFiles('@fedward/privacy-secagg'),
      readsItsOwnFiles('@fedward/trainer-wasm'),
      licenceNotices(`dist/THIRD-PARTY-LICENCES.${entry}.txt`),
    ],
  });
}

export default defineConfig([bundle('cli'), bundle('worker')]);

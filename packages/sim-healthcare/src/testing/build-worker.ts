import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

/**
 * Makes of the worker entry, and of the trainer of these tests, files that plain Node can run.
 * @returns the worker's path and the trainer module's URL
 */
export async function buildWorker(directory: string): Promise<{ readonly file: string; readonly module: string }> {
  await build({
    config: false,
    silent: true,
    entry: {
      worker: fileURLToPath(new URL('../worker.ts', import.meta.url)),
      trainer: fileURLToPath(new URL('restless-trainer.ts', import.meta.url)),
    },
    outDir: directory,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    outExtension: () => ({ js: '.mjs' }),
    noExternal: [/^(?!@fedward\/trainer-)/],
    external: [/^@fedward\/trainer-/],
    // A CommonJS dependency asks for built-in modules by `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    esbuildOptions: (options) => {
      options.conditions = ['fedward-source', 'module'];
    },
  });
  return { file: join(directory, 'worker.mjs'), module: pathToFileURL(join(directory, 'trainer.mjs')).href };
}

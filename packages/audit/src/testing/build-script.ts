import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Makes of a script here and all that it imports one file that plain Node can run. @returns its path */
export async function buildScript(directory: string, name: 'append-forever' | 'hold-lock'): Promise<string> {
  await build({
    config: false,
    silent: true,
    entry: { [name]: source(`${name}.ts`) },
    outDir: directory,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    outExtension: () => ({ js: '.mjs' }),
    noExternal: [/.*/],
    // A CommonJS dependency asks for built-in modules by `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    esbuildOptions: (options) => {
      options.alias = { '@fedward/core': source('../../../core/src/index.ts') };
    },
  });
  return join(directory, `${name}.mjs`);
}

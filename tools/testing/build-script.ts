import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

/**
 * Makes of scripts and all that they import, from its sources, files that plain Node can run: for tests with processes and
 * threads of their own.
 *
 * @param entries the scripts by the names that their files get
 * @param outside how the names of packages begin that are left outside, to be found from where the files lie
 * @returns the paths of the files, by the same names
 */
export async function buildScripts<Name extends string>(
  entries: Readonly<Record<Name, URL>>,
  directory: string,
  outside?: string,
): Promise<Record<Name, string>> {
  const names = Object.keys(entries) as Name[];
  await build({
    config: false,
    silent: true,
    entry: Object.fromEntries(names.map((name) => [name, fileURLToPath(entries[name])])),
    outDir: directory,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    outExtension: () => ({ js: '.mjs' }),
    external: outside === undefined ? [] : [new RegExp(`^${outside}`)],
    noExternal: [outside === undefined ? /.*/ : new RegExp(`^(?!${outside})`)],
    // A CommonJS dependency asks for built-in modules by `require`.
    banner: {
      js: "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);",
    },
    esbuildOptions: (options) => void (options.conditions = ['fedward-source', 'module']),
  });
  return Object.fromEntries(names.map((name) => [name, join(directory, `${name}.mjs`)])) as Record<Name, string>;
}

/** Makes of one script a file that plain Node can run. @returns its path */
export async function buildScript(script: URL, directory: string): Promise<string> {
  const { built } = await buildScripts({ built: script }, directory);
  return built;
}

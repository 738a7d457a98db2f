import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FedwardError, type Plugin } from '@fedward/core';
import { digestModule, digestPackage } from './team-digest.js';

/** Plugins of a team's own, beside those that come with fedward. */
export interface TeamPlugins {
  /** The package's name, or the file as it was named. */
  readonly name: string;
  /** The package's. */
  readonly version?: string;
  /**
   * SHA-256 of all files of the package, or of the file and of what it imports by relative paths; absent for plugins that
   * are handed over as objects.
   */
  readonly digest?: string;
  /** URL of the file that exports them, so that worker threads can load it too. Absent: what is in it runs in the main thread only. */
  readonly module?: string;
  readonly plugins: readonly Plugin[];
}

interface PackageJson {
  readonly version?: string;
  readonly main?: string;
  readonly exports?: unknown;
}

/**
 * Loads the `plugins` export of a package or a file.
 * @param named a package, looked for from `from` upwards and then beside fedward, or a path as seen from `from`
 * @throws {FedwardError} CONFIG_INVALID naming it: not there, does not load, or exports no plugins
 */
export async function loadTeamPlugins(named: string, from = process.cwd()): Promise<TeamPlugins> {
  const found =
    /^\.{0,2}\/|\.[cm]?[jt]s$/.test(named) || isAbsolute(named) ? fileAt(named, from) : packageOf(named, from);
  const module = pathToFileURL(found.file).href;
  let loaded: { readonly plugins?: unknown };
  try {
    loaded = (await import(module)) as typeof loaded;
  } catch (cause) {
    throw refused(named, `it does not load: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const { plugins } = loaded;
  if (!Array.isArray(plugins) || plugins.length === 0 || !plugins.every(isPlugin))
    throw refused(named, 'it exports no list `plugins` of what definePlugin makes');
  const digest = await (found.folder === undefined ? digestModule(found.file) : digestPackage(found.folder));
  return { name: named, ...(found.version !== undefined && { version: found.version }), digest, module, plugins };
}

function isPlugin(value: unknown): value is Plugin {
  const { kind, name, create } = (value ?? {}) as Partial<Plugin>;
  return typeof kind === 'string' && typeof name === 'string' && typeof create === 'function';
}

/** What is named, where it lies. */
interface Found {
  readonly file: string;
  /** Of a package. */
  readonly folder?: string;
  readonly version?: string;
}

function fileAt(named: string, from: string): Found {
  const file = resolve(from, named);
  if (existsSync(file)) return { file };
  throw refused(named, `there is no file ${file}`);
}

/** The file that a package exports, with its version; undefined where it is not installed: see `loadTeamPlugins`. */
export function findPackage(named: string, from = process.cwd()): Found | undefined {
  const folder = [from, dirname(fileURLToPath(import.meta.url))].flatMap(upwards).find((above) => {
    return existsSync(join(above, 'node_modules', named, 'package.json'));
  });
  if (folder === undefined) return undefined;
  const root = join(folder, 'node_modules', named);
  const { version, main, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
  const file = join(root, entryIn(exports) ?? main ?? 'index.js');
  if (!existsSync(file)) throw refused(named, `its package.json names ${file}, which is not there`);
  return { file, folder: root, ...(version !== undefined && { version }) };
}

function packageOf(named: string, from: string): Found {
  const found = findPackage(named, from);
  if (found) return found;
  throw refused(named, `it is not installed: neither from ${from} upwards nor beside fedward`);
}

/** A folder and those that it is in. */
function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

/** What a package's exports have for `import` here: of its conditions the first that holds. */
function entryIn(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const conditions = Array.isArray(exports) ? Object.entries(exports) : Object.entries(exports as object);
  for (const [condition, value] of conditions) {
    const entry = ['.', 'import', 'node', 'module-sync', 'default'].includes(condition) ? entryIn(value) : undefined;
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function refused(named: string, why: string, cause?: unknown): FedwardError {
  return new FedwardError('CONFIG_INVALID', `--plugin ${named}: ${why}`, '--plugin', { cause });
}

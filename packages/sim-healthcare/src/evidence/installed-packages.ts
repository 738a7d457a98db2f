import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstalledPackage } from '@fedward/compliance';

/** What of a package.json a bill of materials needs. */
interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The package that has the command. */
const command = '@fedward/cli';

/**
 * The packages that this fedward finds beside it: the command, and all that it depends on, as Node looks for them. Optional
 * and peer dependencies count where they are installed.
 *
 * @param from a file of fedward's
 */
export function installedPackages(from = fileURLToPath(import.meta.url)): InstalledPackage[] {
  const own = packageAbove(dirname(from));
  const start = find(command, own) ?? own;
  const found = new Map<string, InstalledPackage>();
  const locks = new Map<string, Readonly<Record<string, { readonly integrity?: string }>>>();
  const open = [realpathSync(start)];
  while (open.length > 0) {
    const folder = open.pop()!;
    if (found.has(folder)) continue;
    const { name = '', version = '0', license, ...rest } = readPackage(folder);
    const wanted = { ...rest.peerDependencies, ...rest.optionalDependencies, ...rest.dependencies };
    const others = Object.keys(wanted).flatMap((other) => {
      const at = find(other, folder);
      return at === undefined ? [] : [realpathSync(at)];
    });
    const integrity = integrityOf(folder, locks);
    found.set(folder, {
      ...{ name, version },
      ...(typeof license === 'string' && { licence: license }),
      ...(integrity !== undefined && { integrity }),
      dependsOn: others.map((at) => {
        const other = readPackage(at);
        return `${other.name}@${other.version}`;
      }),
    });
    open.push(...others);
  }
  return [...found.values()];
}

function packageAbove(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) throw new Error(`there is no package.json above ${folder}`);
  }
}

/** As Node's algorithm looks for a package: in each node_modules from here upwards. */
function find(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(at) === at) return undefined;
  }
}

function readPackage(folder: string): PackageJson {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;
}

/** From the lockfile that npm leaves in node_modules. @param locks those that were read, by the folder of node_modules */
function integrityOf(
  folder: string,
  locks: Map<string, Readonly<Record<string, { readonly integrity?: string }>>>,
): string | undefined {
  const parts = folder.split(sep);
  const first = parts.indexOf('node_modules');
  if (first < 0) return undefined;
  const root = parts.slice(0, first).join(sep) || sep;
  let lock = locks.get(root);
  if (!lock) {
    const file = join(root, 'node_modules', '.package-lock.json');
    const read = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { packages?: typeof lock }) : {};
    locks.set(root, (lock = read.packages ?? {}));
  }
  return lock[relative(root, folder).split(sep).join('/')]?.integrity;
}

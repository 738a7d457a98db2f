import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the sources are; decision 060. */
export const repository = 'https://github.com/fedward/fedward';

/** What is read here of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly keywords?: readonly string[];
  readonly nx?: { readonly tags?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** A package that goes to npm: `folder` as seen from the root, with slashes. */
export interface Published {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** All packages that go to npm, by folder. */
export function publishedPackages(): Published[] {
  return [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`), 'bench']
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest,
    }))
    .filter(({ manifest }) => !manifest.private);
}

/**
 * What each package.json says of where it comes from and how it is published. `provenance` ties what is on npm to the
 * commit and the build that it came from.
 */
export function originOf(folder: string) {
  return {
    homepage: `${repository}/tree/main/${folder}#readme`,
    repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
    bugs: { url: `${repository}/issues` },
    publishConfig: { access: 'public', provenance: true },
  };
}

/** Keywords that each package has, beside some of its own. */
export const sharedKeywords = ['fedward', 'federated-learning', 'healthcare'];

/** A program brings its core along; a plugin, a kit or testkit shares the one of those who install it. */
export function bringsCore({ nx }: Manifest): boolean {
  return nx?.tags?.includes('type:app') ?? false;
}

/** Versions of a package of this workspace that another goes with: `^0.1.0` for 0.1.x, which is all that is known. */
export const rangeOf = (version: string): string => `^${version}`;

/** Whether a range is of the form of {@link rangeOf} and has `version` in it. */
export function goesWith(range: string, version: string): boolean {
  const from = /^\^(\d+)\.(\d+)\.(\d+)$/.exec(range)?.slice(1).map(Number);
  if (!from) return false;
  const of = version.split('.').map(Number);
  const fixed = from.findIndex((number) => number > 0); // what a caret holds: the first number that is not 0
  const differs = from.findIndex((number, i) => number !== of[i]);
  return differs === -1 || (differs > fixed && of[differs]! > from[differs]!);
}

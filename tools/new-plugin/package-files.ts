import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { originOf, rangeOf, root, sharedKeywords, type Manifest } from '../packages/published.ts';
import { kinds, type KindName } from './kinds.ts';

/** What all files of a new package are made from. */
export interface NewPackage {
  readonly kind: KindName;
  /** Of the plugin, as a plan names it. */
  readonly name: string;
  /** Of npm, with its @. */
  readonly scope: string;
  /** Where the package's folder is made. */
  readonly directory: string;
}

/** Of its folder, and of npm behind the scope. */
export const folderOf = ({ kind, name }: Pick<NewPackage, 'kind' | 'name'>): string => `${kind}-${name}`;

/** True where the folder is the `packages` of a checkout of this workspace, whose configuration a package then shares. */
export function isInWorkspace(directory: string): boolean {
  return ['tsup.config.base.ts', 'tsconfig.base.json', 'nx.json'].every((file) =>
    existsSync(join(directory, '..', file)),
  );
}

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** package.json and configuration, by path. In this workspace as its packages have them; elsewhere a package by itself. */
export function packageFiles(made: NewPackage): Record<string, string> {
  return isInWorkspace(made.directory) ? inWorkspace(made) : byItself(made);
}

function common({ kind, name, scope }: NewPackage, version: string) {
  return {
    name: `${scope}/${folderOf({ kind, name })}`,
    version,
    description: `The ${kind} ${name} for fedward`,
  };
}

/** What a package depends on: core is the one of those who install it. */
function dependencies(core: string, tools: Readonly<Record<string, string>>) {
  const range = rangeOf(core);
  return {
    dependencies: { zod: readManifest('packages/core/package.json').dependencies!['zod']! },
    peerDependencies: { '@fedward/core': range },
    devDependencies: { '@fedward/core': range, '@fedward/testkit': range, ...tools },
  };
}

function inWorkspace(made: NewPackage): Record<string, string> {
  const folder = folderOf(made);
  const { version } = readManifest('packages/core/package.json');
  const manifest = {
    ...common(made, version),
    license: 'EUPL-1.2',
    keywords: [...sharedKeywords, ...kinds[made.kind].keywords],
    ...originOf(`packages/${folder}`),
    type: 'module',
    engines: { node: '>=20.19' },
    sideEffects: false,
    exports: {
      '.': { 'fedward-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    files: ['dist', 'src', '!src/**/*.test.ts', '!src/**/testing', 'README.md'],
    scripts: {
      build: 'tsup',
      'build:code': 'tsup -- code',
      'build:types': 'tsup -- types',
      test: `vitest run --root ../.. --project ${folder} --mode fast`,
      'test:slow': `vitest run --root ../.. --project ${folder} --mode slow`,
      typecheck: 'tsc -p tsconfig.json',
      lint: 'eslint . && prettier --check . --ignore-path ../../.gitignore --ignore-path ../../.prettierignore',
      'check-package': 'publint --strict && attw --pack . --profile esm-only',
    },
    nx: { tags: ['type:plugin'] },
    ...dependencies(version, {}),
  };
  return {
    'package.json': json(manifest),
    'tsconfig.json': '{ "extends": "../../tsconfig.base.json", "include": ["src"] }\n',
    'tsup.config.ts': "import { library } from '../../tsup.config.base.ts';\n\nexport default library();\n",
    LICENSE: readFileSync(join(root, 'LICENSE'), 'utf8'),
  };
}

/** Licence, origin and publishing are the team's own: it is private until they say so. */
function byItself(made: NewPackage): Record<string, string> {
  const { version } = readManifest('packages/core/package.json');
  const tools = readManifest('package.json').devDependencies!;
  const used = ['@types/node', 'tsup', 'typescript', 'vitest'];
  const manifest = {
    ...common(made, '0.1.0'),
    private: true,
    keywords: ['fedward', ...kinds[made.kind].keywords],
    type: 'module',
    engines: { node: '>=20.19' },
    sideEffects: false,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
    files: ['dist', 'README.md'],
    scripts: {
      build: 'tsup src/index.ts --format esm --target node20 --dts --clean',
      test: 'vitest run',
      typecheck: 'tsc -p tsconfig.json',
    },
    ...dependencies(version, Object.fromEntries(used.map((tool) => [tool, tools[tool]!]))),
  };
  const base = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')) as object;
  return {
    'package.json': json(manifest),
    'tsconfig.json': json({ ...base, include: ['src'] }),
    '.gitignore': 'dist\nnode_modules\n',
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The laws that are of the repository and of the product; the others are in packages/core/src/laws.test.ts.

const root = fileURLToPath(new URL('../packages/', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly nx: { readonly tags: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Package extends Manifest {
  readonly tag: string;
  /** Names of the packages that its files import, their tests and testing helpers left out, with where. */
  readonly imported: readonly { readonly name: string; readonly file: string }[];
}

const packages = readdirSync(root).map((folder): Package => {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  const files = readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ts$/.test(path) && !/\.test\.ts$|(^|\/)testing\//.test(path))
    .map((path) => join(root, folder, 'src', path));
  const imported = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'.][^']*)'/g)].map(([, path]) => ({
      name: path!.startsWith('@') ? path!.split('/').slice(0, 2).join('/') : path!.replace(/^node:/, '').split('/')[0]!,
      file,
    })),
  );
  return { ...manifest, tag: manifest.nx.tags.find((tag) => tag.startsWith('type:'))!, imported };
});
const named = (name: string): Package => packages.find((one) => one.name === name)!;
const ofKind = (...tags: readonly string[]): readonly Package[] => packages.filter(({ tag }) => tags.includes(tag));
const own = (name: string): boolean => name.startsWith('@fedward/');

describe('law 9: Core knows no plugin, no tensor library and no network.', () => {
  it('core imports zod, its random numbers, its ciphers, and of Node.js what is neither files nor network', () => {
    const { imported, dependencies } = named('@fedward/core');
    expect(imported.length).toBeGreaterThan(10);
    const allowed = ['zod', 'seedrandom', '@noble/ciphers', 'crypto', 'events'];
    expect(imported.filter(({ name }) => !allowed.includes(name))).toEqual([]);
    expect(Object.keys(dependencies ?? {}).filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it.each(ofKind('type:plugin').map(({ name }) => name))(
    'a plugin depends on core alone (and on kits and libraries), never on another plugin: %s',
    (name) => {
      const { imported, dependencies, peerDependencies } = named(name);
      const [core, ...kits] = ['@fedward/core', ...ofKind('type:kit').map((kit) => kit.name)];
      const allowed = [core, name, ...kits];
      const others = imported.filter((one) => own(one.name) && !allowed.includes(one.name));
      expect(others).toEqual([]);
      const needed = Object.keys({ ...dependencies, ...peerDependencies }).filter(own);
      expect(needed.filter((one) => !allowed.includes(one))).toEqual([]);
    },
  );

  it('a kit knows core and other kits', () => {
    const allowed = ['@fedward/core', ...ofKind('type:kit').map(({ name }) => name)];
    for (const { imported } of ofKind('type:kit'))
      expect(imported.filter(({ name }) => own(name) && !allowed.includes(name))).toEqual([]);
  });

  it('what is imported is what a package says that it needs', () => {
    for (const { name, imported, dependencies, peerDependencies } of packages) {
      const needed = [name, ...Object.keys({ ...dependencies, ...peerDependencies }), ...builtinModules];
      const missing = imported.filter((one) => own(one.name) && !needed.includes(one.name));
      expect(missing, name).toEqual([]);
    }
  });
});

describe('law 3: Claims are true or absent.', () => {
  it('Never is "HIPAA compliant", "GDPR compliant" or "anonymised" printed', () => {
    const claim = /(HIPAA|GDPR)[ -]compliant|anonymi[sz]ed/i;
    expect(claim.test('this data is anonymised')).toBe(true);
    const claiming = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => /^[^/]+\/(src\/.*\.ts|README\.md)$/.test(path) && !/\.test\.ts$/.test(path))
      .filter((path) => claim.test(readFileSync(join(root, path), 'utf8')));
    expect(claiming).toEqual([]);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, root } from '../tools/packages/published.ts';
import { temporaryFolder } from './support/command.ts';

const packages = publishedPackages();
const run = (program: string, args: string[], cwd: string) =>
  execFileSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 });

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe('the packages as npm packs them, installed in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-packed-'));
  let packed: Packed[] = [];

  beforeAll(() => {
    const out = run(
      'npm',
      ['pack', '--json', '--pack-destination', folder, ...packages.map((p) => `./${p.folder}`)],
      root,
    );
    const list = JSON.parse(out) as Packed[] | Record<string, Packed>;
    packed = Object.values(list);
    writeFileSync(join(folder, 'package.json'), '{ "name": "a-team", "private": true, "type": "module" }');
    const tarballs = packed.map(({ filename }) => `./${filename}`);
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], folder);
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('carry licence, README and build, and no test', () => {
    expect(packed.map(({ name }) => name).sort()).toEqual(packages.map(({ manifest }) => manifest.name).sort());
    for (const { name, files } of packed) {
      const paths = files.map(({ path }) => path);
      expect(paths, name).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.js']));
      expect(
        paths.filter((path) => path.includes('.test.')),
        name,
      ).toEqual([]);
    }
  });

  it('share one core', () => {
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
    expect(Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/@fedward/core'))).toHaveLength(1);
  });

  it.each(packages.map(({ manifest }) => manifest.name))('%s can be imported', (name) => {
    const script = `console.log(Object.keys(await import(${JSON.stringify(name)})).length)`;
    expect(Number(run(process.execPath, ['--input-type=module', '-e', script], folder))).toBeGreaterThan(0);
  });

  it('a plugin and core are enough by themselves', () => {
    const alone = temporaryFolder();
    const tarballOf = (name: string) => join(folder, packed.find((p) => p.name === name)!.filename);
    writeFileSync(join(alone, 'package.json'), '{ "name": "a-team", "private": true, "type": "module" }');
    const tarballs = ['@fedward/core', '@fedward/aggregator-fedavg'].map(tarballOf);
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], alone);
    expect(readdirSync(join(alone, 'node_modules/@fedward')).sort()).toEqual(['aggregator-fedavg', 'core']);
    expect(existsSync(join(alone, 'node_modules/@fedward/aggregator-fedavg/node_modules/@fedward'))).toBe(false);
  });

  it('the command runs', () => {
    expect(run('npx', ['--no-install', 'fedward', '--help'], folder)).toContain('simulate');
  });
});

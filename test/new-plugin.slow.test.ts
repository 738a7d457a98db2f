import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../tools/new-plugin/kinds.ts';
import { originOf, root } from '../tools/packages/published.ts';
import { laidOver } from './support/laid-over.ts';
import { examplesIn } from './support/readme-examples.ts';

const script = join(root, 'tools/new-plugin/new-plugin.ts');
const tsx = join(root, 'node_modules/.bin/tsx');
const newPlugin = (...options: string[]) =>
  spawnSync(tsx, ['--conditions=fedward-source', script, ...options], { cwd: root, encoding: 'utf8' });

const names = Object.keys(kinds);
/** A name that breaks lines elsewhere than the template's. */
const name = 'quite-another-one';
const packages = names.map((kind) => `${kind}-${name}`);

describe('a new plugin of each kind, in a workspace', () => {
  const workspace = laidOver();
  const { folder } = workspace;
  const before = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });
  const run = (program: string, args: string[]) =>
    spawnSync(join(root, 'node_modules/.bin', program), args, { cwd: folder, encoding: 'utf8' });
  const inPackage = (package_: string, path: string) => readFileSync(join(folder, 'packages', package_, path), 'utf8');

  beforeAll(() => {
    for (const kind of names) {
      const { status, stderr } = newPlugin('--kind', kind, '--name', name, '--dir', join(folder, 'packages'));
      expect(status, stderr).toBe(0);
      const package_ = `${kind}-${name}`;
      workspace.install(join(folder, 'packages', package_), `@fedward/${package_}`);
    }
  });
  afterAll(() => workspace.remove());

  it('is written as everything here is', async () => {
    const style = await prettier.resolveConfig(join(root, 'package.json'));
    for (const package_ of packages) {
      const files = readdirSync(join(folder, 'packages', package_), { recursive: true, encoding: 'utf8' });
      expect(files.filter((path) => /my-?plugin/i.test(path))).toEqual([]);
      for (const path of files.filter((path) => /\.(ts|json|md)$/.test(path))) {
        const text = inPackage(package_, path);
        expect(text, `${package_}/${path}`).not.toMatch(/my-?plugin/i);
        expect(await prettier.check(text, { ...style, filepath: path }), `${package_}/${path}`).toBe(true);
      }
    }
  });

  it('has what every package has', () => {
    const { status, stdout } = run('vitest', ['run', '--project', 'end-to-end', 'test/packages.test.ts']);
    expect(status, stdout).toBe(0);
    // Its own rules name each package that they hold for.
    expect(JSON.parse(inPackage(packages[0]!, 'package.json'))).toMatchObject(originOf(`packages/${packages[0]!}`));
  });

  it('passes its tests, and those of the compliance suite of its kind', () => {
    const report = join(folder, 'report.json');
    const projects = packages.flatMap((package_) => ['--project', package_]);
    const { stdout, stderr } = run('vitest', ['run', ...projects, '--reporter=json', `--outputFile=${report}`]);
    const { success, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    expect(success, stdout + stderr).toBe(true);
    for (const package_ of packages) {
      const compliance = testResults.find(({ name: file }) => file.endsWith(`/${package_}/src/compliance.test.ts`));
      const passed = compliance!.assertionResults.filter(({ status }) => status === 'passed');
      expect(passed.length, package_).toBeGreaterThan(5);
    }
  });

  it('is typed, with the examples of its README, which run and print what they say', () => {
    const examples = packages.flatMap((package_) => examplesIn(inPackage(package_, 'README.md'), package_));
    expect(new Set(examples.map((example) => example.package))).toEqual(new Set(packages));
    mkdirSync(join(folder, 'examples'));
    for (const example of examples) writeFileSync(join(folder, 'examples', `${example.name}.ts`), example.source);
    const include = ['examples', ...packages.map((package_) => `packages/${package_}`)];
    const config = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, include }));
    const { stdout } = run('tsc', ['-p', 'tsconfig.json']);
    expect(stdout).toBe('');
    for (const { name: file, prints } of examples) {
      const printed = run('tsx', ['--conditions=fedward-source', join('examples', `${file}.ts`)]);
      expect(printed.stdout.trim(), printed.stderr).toBe(prints.join('\n'));
      expect(prints.length, file).toBeGreaterThan(0);
    }
  });

  it('is built as the others are', () => {
    const package_ = packages[0]!;
    const at = join(folder, 'packages', package_);
    const built = spawnSync(join(root, 'node_modules/.bin/tsup'), { cwd: at, encoding: 'utf8' });
    expect(built.status, built.stdout + built.stderr).toBe(0);
    expect(readdirSync(join(at, 'dist'))).toEqual(expect.arrayContaining(['index.js', 'index.d.ts']));
    const published = spawnSync(join(root, 'node_modules/.bin/publint'), ['--strict'], { cwd: at, encoding: 'utf8' });
    expect(published.status, published.stdout).toBe(0);
  });

  it('is refused where the name is taken or is none, and nothing is written', () => {
    const there = join(folder, 'packages');
    const count = readdirSync(there).length;
    for (const [options, says] of [
      [['--kind', 'aggregator', '--name', name], `${packages[0]} is there already`],
      [['--kind', 'aggregator', '--name', 'fedprox'], '@fedward/aggregator-fedavg has a plugin aggregator fedprox'],
      [['--kind', 'mechanism', '--name', 'central'], '@fedward/privacy-dp has a plugin mechanism central'],
      [['--kind', 'strategy', '--name', 'fedavg'], '@fedward/aggregator-fedavg has a plugin aggregator fedavg'],
      [['--kind', 'query', '--name', 'Two Words'], 'lower-case words with hyphens'],
      [['--kind', 'query', '--name', 'index'], 'a file of the package has this name'],
      [['--kind', 'transport', '--name', 'x'], '--kind transport: one of aggregator, mechanism'],
      [['--kind', 'query', '--name', 'x', '--scope', 'team'], '--scope team: as npm has them'],
      [['--kind', 'query', '--nam', 'x'], '--nam'],
      [['--name', 'x'], '--kind and --name are needed'],
    ] as const) {
      const { status, stdout, stderr } = newPlugin(...options, '--dir', there);
      expect(stderr).toContain(says);
      expect([status, stdout]).toEqual([2, '']);
    }
    expect(readdirSync(there)).toHaveLength(count);
  });

  it('leaves the repository as it was', () => {
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })).toBe(before);
  });
});

describe('a new plugin of a team, outside of this workspace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-team-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is a package by itself, under its own scope and no licence of ours', () => {
    const { status, stdout } = newPlugin('--kind', 'strategy', '--name', name, '--scope', '@team', '--dir', folder);
    expect(status).toBe(0);
    expect(stdout).toContain('npm install');
    const [made] = readdirSync(folder);
    expect(made).toBe(`strategy-${name}`);
    const text = readFileSync(join(folder, made!, 'package.json'), 'utf8');
    const manifest = JSON.parse(text) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: `@team/strategy-${name}`, private: true, scripts: { test: 'vitest run' } });
    expect(manifest['license']).toBeUndefined();
    expect(text).not.toContain('repository');
    expect(readFileSync(join(folder, made!, 'README.md'), 'utf8')).toContain(`from '@team/strategy-${name}'`);
    expect(existsSync(join(folder, made!, 'tsup.config.ts'))).toBe(false); // it would name a file that is not there
    // What it finds as if it were installed there, this workspace's libraries: its own scripts run.
    const at = join(folder, made!);
    symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'));
    for (const script of ['typecheck', 'test', 'build']) {
      const ran = spawnSync('npm', ['run', script], { cwd: at, encoding: 'utf8' });
      expect(ran.status, ran.stdout + ran.stderr).toBe(0);
    }
    expect(readdirSync(join(at, 'dist')).sort()).toEqual(['index.d.ts', 'index.js']);
  });
});

it('--help names each kind, with what is made of it', () => {
  const { status, stdout } = newPlugin('--help');
  expect(status).toBe(0);
  for (const [kind, { summary }] of Object.entries(kinds)) expect(stdout).toContain(`${kind.padEnd(11)} ${summary}`);
});

interface Report {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

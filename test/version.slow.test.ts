import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { goesWith, root } from '../tools/packages/published.ts';
import { temporaryFolder } from './support/command.ts';

const run = (program: string, args: string[], cwd: string) => execFileSync(program, args, { cwd, encoding: 'utf8' });
const tool = join(root, 'tools/packages/version.ts');
const manifests = run('git', ['ls-files', 'package.json', '*/package.json'], root).trim().split('\n');

/** The manifests of this workspace and one changeset, under version control, since changelogs name commits. */
function workspace(change: 'patch' | 'minor' | 'major'): string {
  const folder = temporaryFolder();
  for (const path of [...manifests, '.changeset/config.json']) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  writeFileSync(join(folder, '.changeset/one.md'), `---\n'@fedward/core': ${change}\n---\n\nA change of core.\n`);
  run('git', ['init', '--quiet'], folder);
  run('git', ['add', '--all'], folder);
  run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'all'], folder);
  return folder;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

it.each([
  ['patch', 2],
  ['minor', 1],
  ['major', 0],
] as const)('a %s change of core moves all packages as far, and no further', (change, at) => {
  const folder = workspace(change);
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Manifest;
  const numbers = read('packages/core/package.json').version.split('.').map(Number);
  const expected = numbers.map((n, i) => (i < at ? n : i === at ? n + 1 : 0)).join('.');
  run(process.execPath, ['--import', 'tsx', tool, folder], root);

  for (const path of manifests.filter((name) => name !== 'package.json')) {
    const { name, version, dependencies, peerDependencies } = read(path);
    expect(version, name).toBe(expected);
    for (const [other, range] of Object.entries({ ...dependencies, ...peerDependencies }))
      if (other.startsWith('@fedward/')) expect(goesWith(range, expected), `${name}: ${other} ${range}`).toBe(true);
  }
  expect(readFileSync(join(folder, 'packages/core/CHANGELOG.md'), 'utf8')).toContain('A change of core.');
  expect(readdirSync(join(folder, '.changeset'))).toEqual(['config.json']);
});

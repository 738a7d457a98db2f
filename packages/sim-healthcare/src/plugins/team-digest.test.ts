import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Population } from '../scenario/scenario.js';
import { assertSameInputs, inputsOf } from '../run/run-inputs.js';
import { loadTeamPlugins } from './team.js';
import { digestModule, digestPackage } from './team-digest.js';

/** A folder with these files, until the test is over. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-team-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  put(folder, files);
  return folder;
}

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Of a file that exports a plugin, as far as nobody makes it. */
const exporting = "export const plugins = [{ kind: 'aggregator', name: 'ours', create: (options) => options }];\n";

describe('digestPackage', () => {
  const files = {
    'package.json': '{}',
    'index.js': "import './lib/a.js';",
    'lib/a.js': '1',
    'data/table.bin': '\u0000',
  };

  it('is the same wherever the package lies, and whatever is installed below it', async () => {
    const [one, two] = [folderOf(files), folderOf({ ...files, 'node_modules/b/index.js': '2', '.git/HEAD': 'x' })];
    expect(await digestPackage(one)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digestPackage(two)).toBe(await digestPackage(one));
    symlinkSync(two, join(one, 'elsewhere'));
    expect(await digestPackage(one)).toBe(await digestPackage(two));
  });

  it.each<[string, Record<string, string>]>([
    ['a file that is imported', { 'lib/a.js': '2' }],
    ['a file of data', { 'data/table.bin': '\u0001' }],
    ['a further file', { 'lib/b.js': '' }],
  ])('is another with %s', async (_, changed) => {
    expect(await digestPackage(folderOf({ ...files, ...changed }))).not.toBe(await digestPackage(folderOf(files)));
  });

  it('is another where a file has another name', async () => {
    const { 'lib/a.js': text, ...rest } = files;
    expect(await digestPackage(folderOf({ ...rest, 'lib/b.js': text }))).not.toBe(await digestPackage(folderOf(files)));
  });
});

describe('digestModule', () => {
  const main = `
import x, { type Y } from './a.js';
import
  './b.mjs';
export * from "../up.js";
const later = () => import('./later.js');
const old = require('./old');
const program = new URL('./program.wasm', import.meta.url);
import zod from 'zod'; // './missing.js', from './100%.js', import './a%2Fb.js'
import './typed.js';
`;
  const files = {
    ...{
      'in/ours.js': main,
      'in/a.js': "export * from './deep/c.js?v=1';",
      'in/b.mjs': '',
      'up.js': "import './in/ours.js';",
    },
    ...{ 'in/later.js': '', 'in/old.cjs': '', 'in/program.wasm': '', 'in/typed.ts': '', 'in/deep/c.js': '1' },
  };
  const digestOf = (changed: Record<string, string> = {}) =>
    digestModule(join(folderOf({ ...files, ...changed }), 'in/ours.js'));

  it('is the same wherever it lies, and whatever lies beside it', async () => {
    expect(await digestOf()).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digestOf({ 'in/other.js': 'x', 'zod/index.js': 'x', 'zod.js': 'x' })).toBe(await digestOf());
  });

  it.each(Object.keys(files))('is another where %s is changed', async (name) => {
    expect(await digestOf({ [name]: `${files[name as 'up.js']}\n// changed` })).not.toBe(await digestOf());
  });
});

describe('a run that is gone on with', () => {
  const population = {} as Population;

  it('is refused by name where a file that its plugins import was changed', async () => {
    const folder = folderOf({ 'ours.mjs': `import './part.mjs';\n${exporting}`, 'part.mjs': '' });
    const file = join(folder, 'ours.mjs');
    const begun = inputsOf(population, [await loadTeamPlugins(file)]);
    expect(() => assertSameInputs(begun, begun)).not.toThrow();
    put(folder, { 'part.mjs': '// changed' });
    const now = inputsOf(population, [await loadTeamPlugins(file)]);
    expect(() => assertSameInputs(begun, now)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringContaining(`the plugins of ${file} were changed`) as string,
      }),
    );
  });

  it('is refused by name where any file of their package was changed', async () => {
    const manifest = JSON.stringify({ name: '@team/plugins', version: '1.0.0', exports: './index.mjs' });
    const own = 'node_modules/@team/plugins';
    const folder = folderOf({ [`${own}/package.json`]: manifest, [`${own}/index.mjs`]: exporting });
    const begun = inputsOf(population, [await loadTeamPlugins('@team/plugins', folder)]);
    put(folder, { [`${own}/weights.bin`]: '1' });
    const now = inputsOf(population, [await loadTeamPlugins('@team/plugins', folder)]);
    expect(() => assertSameInputs(begun, now)).toThrow('the plugins of @team/plugins 1.0.0 were changed');
  });
});

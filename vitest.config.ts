import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import LongestFirst from './tools/testing/longest-first.ts';
import { testSeed } from './tools/testing/seed.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const packages = [
  ...readdirSync(`${root}packages`).map((name) => ({ name, folder: `${root}packages/${name}` })),
  { name: 'bench', folder: `${root}bench` },
];

/**
 * Fast test files share a process for each core, where each imports only what none before it has: most of the time of all
 * of them was imports. They must leave nothing behind that another could see. Those that replace modules, which would stay
 * replaced, are found by what is in them and have a process of their own, in a project whose name ends in -alone.
 */
const replacesModules = /\bvi\.(mock|doMock)\(/;

function thoseAlone(folder: string): string[] {
  return readdirSync(`${folder}/src`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && replacesModules.test(readFileSync(`${folder}/src/${path}`, 'utf8')))
    .map((path) => `${folder}/src/${path.replaceAll('\\', '/')}`);
}

/**
 * What is run as one project: each transforms what its tests import for itself, and has processes of its own. So all
 * packages are one, `packages`, but where one is asked for by its name.
 */
function projectsOfPackages(): { name: string; root: string; folders: string[] }[] {
  const byName = process.argv.some((argument) => argument.startsWith('--project'));
  if (byName) return packages.map(({ name, folder }) => ({ name, root: folder, folders: [folder] }));
  return [{ name: 'packages', root, folders: packages.map(({ folder }) => folder) }];
}

/**
 * Unit tests run on the sources, so that no build is needed between an edit and its test: each package names them in its
 * exports under this condition, which no user of a package sets. Of vite's own conditions without `module`: under it some
 * libraries name files for bundlers, which Node.js can't load.
 */
const conditions = ['fedward-source', 'node', 'development|production'];

/** `--mode fast` leaves the slow test files out, `--mode slow` runs those alone; without a mode all run. */
function filesOf(mode: string, folders: readonly string[]): { include: string[]; exclude: string[] } {
  return {
    include: folders.map((folder) => `${folder}/**/*${mode === 'slow' ? '.slow' : ''}.test.ts`),
    exclude: ['**/node_modules/**', ...(mode === 'fast' ? ['**/*.slow.test.ts'] : [])],
  };
}

export default defineConfig(({ mode }) => {
  const seed = String(testSeed());
  process.env['FEDWARD_TEST_SEED'] = seed; // to the processes of the test files, and to the reporter
  // What a test waits for at most is no measure: a busy machine may be many times as slow as this one is now. These ends are for
  // what never ends. What a file prepares is as slow as what it tests.
  const most = mode === 'fast' ? 60_000 : 600_000;
  const common = {
    setupFiles: [`${root}tools/testing/setup.ts`],
    ...{ testTimeout: most, hookTimeout: most },
    expect: { poll: { timeout: most / 2 } },
  };
  return {
    test: {
      reporters: ['default', `${root}tools/testing/progress-reporter.ts`],
      // vitest's own default leaves one core idle; slow tests wait for processes, deadlines and disks meanwhile.
      maxWorkers: mode === 'slow' ? availableParallelism() + 1 : '100%',
      ...(mode === 'slow' && { sequence: { sequencer: LongestFirst } }),
      // One package may have no slow tests; all of them together have.
      passWithNoTests: mode === 'slow' && process.argv.includes('--project'),
      coverage: { include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts', '**/testing/**'] },
      projects: [
        ...projectsOfPackages().flatMap(({ name, root: folder, folders }) => {
          const files = filesOf(
            mode,
            folders.map((its) => `${its}/src`),
          );
          const alone = folders
            .flatMap(thoseAlone)
            .filter((path) => mode === '' || path.includes('.slow.') === (mode === 'slow'));
          const project = (own: string, test: Partial<typeof files> & { isolate: boolean }) => ({
            ssr: { resolve: { conditions } },
            test: {
              ...common,
              ...files,
              ...test,
              name: own,
              root: folder,
              // The one thing that is not run from its source: programs in WebAssembly.
              globalSetup: [`${root}tools/wasm/assemble-if-stale.js`],
            },
          });
          return [
            project(name, { isolate: mode === 'slow', exclude: [...files.exclude, ...alone] }),
            ...(alone.length === 0 ? [] : [project(`${name}-alone`, { isolate: true, include: alone })]),
          ];
        }),
        // Across packages: these use the built packages and real processes, as a user would.
        ...['test', 'examples'].map((folder) => ({
          test: {
            ...common,
            ...filesOf(mode, ['.']),
            name: folder === 'test' ? 'end-to-end' : folder,
            root: `${root}${folder}`,
            ...(mode === 'fast' && { testTimeout: 180_000, hookTimeout: 180_000 }),
          },
        })),
      ],
    },
  };
});

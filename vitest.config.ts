import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { testSeed } from './tools/testing/seed.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const packages = [
  ...readdirSync(`${root}packages`).map((name) => ({ name, folder: `${root}packages/${name}` })),
  { name: 'bench', folder: `${root}bench` },
];

/**
 * Fast test files share a process for each core, where each imports only what none before it has: half of the time of all
 * of them was imports. They must leave nothing behind that another could see. Those that replace modules, which would stay
 * replaced, are found by what is in them and have a process of their own, in a project named PACKAGE-alone.
 */
const replacesModules = /\bvi\.(mock|doMock)\(/;

function thoseAlone(folder: string): string[] {
  return readdirSync(`${folder}/src`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && replacesModules.test(readFileSync(`${folder}/src/${path}`, 'utf8')))
    .map((path) => `src/${path.replaceAll('\\', '/')}`);
}

const runWasm = [
  'trainer-onnx',
  'trainer-wasm',
  'model-export',
  'privacy-secagg',
  'sim-healthcare',
  'cli',
  'bench',
  'site',
  'sim-nats',
  'coordinator',
];

/**
 * Unit tests run on the sources, so that no build is needed between an edit and its test: each package names them in its
 * exports under this condition, which no user of a package sets. Of vite's own conditions without `module`: under it some
 * libraries name files for bundlers, which Node.js can't load.
 */
const conditions = ['fedward-source', 'node', 'development|production'];

/** `--mode fast` leaves the slow test files out, `--mode slow` runs those alone; without a mode all run. */
function filesOf(mode: string, folder: string): { include: string[]; exclude: string[] } {
  return {
    include: [`${folder}/**/*${mode === 'slow' ? '.slow' : ''}.test.ts`],
    exclude: ['**/node_modules/**', ...(mode === 'fast' ? ['**/*.slow.test.ts'] : [])],
  };
}

export default defineConfig(({ mode }) => {
  const seed = String(testSeed());
  process.env['FEDWARD_TEST_SEED'] = seed; // to the processes of the test files, and to the reporter
  const common = {
    setupFiles: [`${root}tools/testing/setup.ts`],
    testTimeout: 60_000,
    hookTimeout: 60_000, // what a file prepares is as slow on a busy machine as what it tests
  };
  return {
    test: {
      reporters: ['default', `${root}tools/testing/progress-reporter.ts`],
      maxWorkers: '100%', // vitest's own default leaves one core idle
      // One package may have no slow tests; all of them together have.
      passWithNoTests: mode === 'slow' && process.argv.includes('--project'),
      coverage: { include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts', '**/testing/**'] },
      projects: [
        ...packages.flatMap(({ name, folder }) => {
          const files = filesOf(mode, 'src');
          const alone = thoseAlone(folder).filter(
            (path) => mode === '' || path.includes('.slow.') === (mode === 'slow'),
          );
          const project = (own: string, test: Partial<typeof files> & { isolate: boolean }) => ({
            ssr: { resolve: { conditions } },
            test: {
              ...common,
              ...files,
              ...test,
              name: own,
              root: folder,
              // The one thing that is not run from its source: programs in WebAssembly.
              ...(runWasm.includes(name) && { globalSetup: [`${root}tools/wasm/assemble-if-stale.js`] }),
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
            ...filesOf(mode, '.'),
            name: folder === 'test' ? 'end-to-end' : folder,
            root: `${root}${folder}`,
            testTimeout: 180_000,
            hookTimeout: 180_000,
          },
        })),
      ],
    },
  };
});

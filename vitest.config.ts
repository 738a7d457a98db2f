import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const packages = [
  ...readdirSync(`${root}packages`).map((name) => ({ name, folder: `${root}packages/${name}` })),
  { name: 'bench', folder: `${root}bench` },
];

/** Unit tests run on the sources, so that no build is needed between an edit and its test. */
const alias = [
  { find: '@fedward/bench', replacement: `${root}bench/src/index.ts` },
  { find: '@fedward/core/training', replacement: `${root}packages/core/src/training/index.ts` },
  { find: /^@fedward\/testkit\/(.*)$/, replacement: `${root}packages/testkit/src/$1.ts` },
  { find: /^@fedward\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
];

export default defineConfig({
  test: {
    // The one thing that is not run from its source: trainer-wasm's program.
    globalSetup: [`${root}packages/trainer-wasm/assemble-if-stale.js`],
    projects: [
      ...packages.map(({ name, folder }) => ({
        resolve: { alias },
        test: {
          name,
          root: folder,
          include: ['src/**/*.test.ts'],
          testTimeout: 60_000,
        },
      })),
      // Across packages: these use the built packages and real processes, as a user would.
      {
        test: {
          name: 'end-to-end',
          root,
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});

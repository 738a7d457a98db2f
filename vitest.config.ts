import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const packages = readdirSync(`${root}packages`);

/** Unit tests run on the sources, so that no build is needed between an edit and its test. */
const alias = [
  { find: /^@fedward\/testkit\/(.*)$/, replacement: `${root}packages/testkit/src/$1.ts` },
  { find: /^@fedward\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
];

export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => ({
        resolve: { alias },
        test: {
          name,
          root: `${root}packages/${name}`,
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

import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/**
 * The law of the packages, from the ground up:
 *
 * - core knows none of the others;
 * - a kit holds what plugins share, such as durable files: it knows core and other kits;
 * - a plugin is one thing that a team may choose, or replace by its own: it knows core and kits, and no other plugin;
 * - testkit, with which plugins are tested, knows core;
 * - an app, such as the command, puts plugins together and knows all.
 *
 * The tests of core, kits and plugins may also use testkit, and the helpers of tools/testing.
 */
const boundaries = (forTests) => {
  const testkit = forTests ? ['type:testkit'] : [];
  return [
    'error',
    {
      enforceBuildableLibDependency: false,
      allow: forTests ? ['^(\\.\\./)+tools/testing/[a-z-]+\\.js$'] : [],
      // Commands load what they need when they run; the rule would have a library loaded one way everywhere.
      checkDynamicDependenciesExceptions: ['.*'],
      depConstraints: [
        {
          sourceTag: 'type:core',
          onlyDependOnLibsWithTags: ['type:core', ...testkit],
          bannedExternalImports: ['@tensorflow/*', 'node:fs*', 'node:net', 'node:http*', 'fs', 'net', 'http*'],
        },
        { sourceTag: 'type:kit', onlyDependOnLibsWithTags: ['type:core', 'type:kit', ...testkit] },
        { sourceTag: 'type:testkit', onlyDependOnLibsWithTags: ['type:core', 'type:testkit'] },
        { sourceTag: 'type:plugin', onlyDependOnLibsWithTags: ['type:core', 'type:kit', ...testkit] },
        {
          sourceTag: 'type:app',
          onlyDependOnLibsWithTags: ['type:core', 'type:kit', 'type:plugin', 'type:testkit', 'type:app'],
        },
      ],
    },
  ];
};

const noSpreadOfData = [
  {
    selector: "CallExpression[callee.object.name='Math'] > SpreadElement",
    message: 'a call takes so many arguments and no more: largest() and smallest() of @fedward/core take any number',
  },
];

/**
 * The subjects of privacy-dp, each with the others that it may use. One is used through its door, its `index.ts`, and
 * never past it: what stands behind may change.
 */
const subjects = {
  mechanisms: ['accounting'],
  accounting: ['numeric'],
  ledger: ['accounting'],
  canaries: ['accounting', 'numeric'],
  numeric: [],
};

const throughDoors = Object.entries(subjects).map(([subject, used]) => {
  const others = Object.keys(subjects).filter((name) => name !== subject && !used.includes(name));
  const behindDoors = used.map((name) => `${name}/(?!index\\.js$)`);
  const closed = [...others.map((name) => `${name}/`), ...behindDoors].join('|');
  const message = used.length === 0 ? `${subject} uses no other` : `${subject} uses ${used.join(' and ')}, by index.js`;
  return {
    files: [`packages/privacy-dp/src/${subject}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: `^(\\.\\./)+(${closed})`, message }] }] },
  };
});

export default tseslint.config(
  { ignores: ['**/dist', '**/build', '**/assembly', '**/node_modules', '.nx', '**/runs', '**/*.timestamp-*'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // typed arrays under noUncheckedIndexedAccess
      '@typescript-eslint/consistent-type-imports': 'error',
      // `{ left, out, ...rest }` leaves members out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'bench/src/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(false) },
  },
  {
    files: ['packages/*/src/**/*.test.ts', 'packages/*/src/**/testing/**/*.ts', 'bench/src/**/*.test.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(true) },
  },
  {
    // The tests that hold two plugins to each other.
    files: [
      ...['equal-to-tfjs', 'clip-norm', 'objective'].map((name) => `packages/trainer-wasm/src/${name}.slow.test.ts`),
      'packages/trainer-onnx/src/testing/beside-wasm.ts',
    ],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  {
    // A call takes some hundred thousand arguments: `Math.max(...patients)` ends a run whose hospital has more.
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**', 'packages/testkit/**'],
    rules: { 'no-restricted-syntax': ['error', ...noSpreadOfData] },
  },
  {
    // Built-in modules and globals are no npm packages, which is all that bannedExternalImports sees.
    files: ['packages/core/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.{1,2}/|zod$|seedrandom$|@noble/ciphers/|node:(crypto|events)$)',
              message: 'core does no I/O and knows no plugin',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportExpression', message: 'core loads nothing at run time' },
        ...noSpreadOfData,
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'],
    },
  },
  ...throughDoors,
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: { process: 'readonly', URL: 'readonly' } } },
);

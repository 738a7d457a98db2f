import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const decisions = join(root, 'docs/decisions');

/** All that is written for people: of the root, of docs, of each package. */
function documents(): string[] {
  const folders = ['.', 'docs', 'docs/decisions', 'bench', 'bench/results', ...below('packages'), ...below('examples')];
  return folders.flatMap((folder) => markdownIn(join(root, folder)));
}

function below(folder: string): string[] {
  return readdirSync(join(root, folder)).map((name) => join(folder, name));
}

function markdownIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

it('documents link to what is there', () => {
  const files = documents();
  expect(files.length).toBeGreaterThan(60);
  const broken = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(file), target)))
      .map((target) => `${relative(root, file)}: ${target}`),
  );
  expect(broken).toEqual([]);
});

it('each decision is in the list, under a number of its own', () => {
  const list = readFileSync(join(decisions, 'README.md'), 'utf8');
  const names = readdirSync(decisions).filter((name) => name !== 'README.md');
  const numbers = names.map((name) => name.slice(0, 3));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(names.filter((name) => !list.includes(`| [${name.slice(0, 3)}](${name})`))).toEqual([]);
});

it('what documents call a decision is one', () => {
  const known = new Set(readdirSync(decisions).map((name) => name.slice(0, 3)));
  const named = documents().flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bdecisions? (\d{3})\b/g)].map(([, number]) => number!),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((number) => !known.has(number))).toEqual([]);
});

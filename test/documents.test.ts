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

/** Rows of the list of decisions. */
const rows = [
  ...readFileSync(join(decisions, 'README.md'), 'utf8').matchAll(/^\| \[(\d{3})\]\((\S+)\) *\|.*\| *([^|]*?) *\|$/gm),
].map(([, number, file, status]) => ({ number: number!, file: file!, status: status! }));

it('each decision is in the list, under a number of its own', () => {
  const names = readdirSync(decisions).filter((name) => name !== 'README.md');
  expect(rows.map(({ file }) => file)).toEqual(names.sort());
  expect(new Set(names.map((name) => name.slice(0, 3))).size).toBe(names.length);
  expect(rows.filter(({ number, file }) => file.slice(0, 3) !== number)).toEqual([]);
});

it('each decision has a status, and says itself what it was changed by', () => {
  expect(rows.length).toBeGreaterThan(40);
  for (const { number, file, status } of rows) {
    expect(status, number).toMatch(/^(accepted|(accepted, changed|superseded) by \d{3}(, \d{3})*)$/);
    const since = readFileSync(join(decisions, file), 'utf8').split(/^Since: /m)[1];
    for (const other of status.match(/\d{3}/g) ?? []) {
      expect(Number(other), number).toBeGreaterThan(Number(number));
      expect.soft(since, `the last lines of ${number}`).toContain(`[${other}](${other}-`);
    }
  }
});

it('what documents call a decision is one', () => {
  const known = new Set(readdirSync(decisions).map((name) => name.slice(0, 3)));
  const named = documents().flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bdecisions? (\d{3})\b/g)].map(([, number]) => number!),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((number) => !known.has(number))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cases } from '../testing/cases.js';
import { operators } from './table.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Rows of the README's table: operators of a family, and whether they have a gradient and one by example. */
function rows(): Map<string, { gradient: boolean; byExample: boolean }> {
  const table = new Map<string, { gradient: boolean; byExample: boolean }>();
  for (const line of readme.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.length !== 7 || !/^(yes|no)$/.test(cells[3]!)) continue;
    for (const [, name] of cells[2]!.matchAll(/`([A-Za-z0-9]+)`/g))
      table.set(name!, { gradient: cells[3] === 'yes', byExample: cells[4] === 'yes' });
  }
  return table;
}

it("the README's table has every operator, and what it says of gradients is so", () => {
  const views = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose']);
  const table = Object.fromEntries([...rows()].sort(([a], [b]) => (a < b ? -1 : 1)));
  const code = [...operators].map(([name, { backward, byExample }]) => [
    name,
    { gradient: backward !== undefined, byExample: byExample !== undefined || views.has(name) },
  ]);
  expect(table).toEqual(Object.fromEntries(code));
});

it('every operator with a gradient is among the cases that are compared', () => {
  const compared = new Set(cases.map((one) => one.operator));
  const withGradient = [...operators].flatMap(([name, { backward }]) => (backward ? [name] : []));
  expect(withGradient.filter((name) => !compared.has(name))).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));

/** What a file imports, types too: its own package's files, by their place on the disk. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const named = [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, path]) => path!);
  return named.map((path) => resolve(dirname(file), path.replace(/\.js$/, '.ts')));
}

/** A way from a file over what it imports back to itself, for each file from which there is one; the first that is found. */
function circlesAmong(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const seen = path.indexOf(file);
    if (seen >= 0) circles.push([...path.slice(seen), file]);
    if (seen >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return circles;
}

const sources = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path) && !path.includes('node_modules'))
  .map((path) => resolve(packages, path));

describe('the files of a package', () => {
  it('do not import one another in a circle, not even their types', () => {
    expect(sources.length).toBeGreaterThan(200);
    const imports = new Map(sources.map((file) => [file, importsOf(file)]));
    expect([...imports.values()].flat().length).toBeGreaterThan(500);
    const circles = circlesAmong(imports).map((circle) => circle.map((file) => relative(packages, file)).join(' -> '));
    expect(circles).toEqual([]);
  });

  it('would be found in one', () => {
    const imports = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d', 'a']],
      ['d', []],
      ['e', ['e']],
    ]);
    expect(circlesAmong(imports)).toEqual([
      ['a', 'c', 'a'],
      ['e', 'e'],
    ]);
  });
});

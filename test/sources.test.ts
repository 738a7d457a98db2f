import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`), 'bench'];

describe.each(folders)('%s', (folder) => {
  const { exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  const entries = Object.entries(exports).filter(([name]) => name !== './package.json');

  it.each(entries)('says of %s where its source is, first of all, and where its build is', (_, entry) => {
    expect(Object.keys(entry)).toEqual(['fedward-source', 'types', 'default']);
    const { 'fedward-source': source, types, default: build } = entry as Readonly<Record<string, string>>;
    expect(existsSync(join(root, folder, source!))).toBe(true);
    const name = /^\.\/src\/(.*?)(?:\/index)?\.ts$/.exec(source!)![1]!;
    expect([types, build]).toEqual([`./dist/${name}.d.ts`, `./dist/${name}.js`]);
  });
});

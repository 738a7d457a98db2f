import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { publishedPackages, root } from '../../tools/packages/published.ts';

/**
 * An example of a README or a page in docs: a fenced block of TypeScript. All of them run (test/readmes.slow.test.ts). Words behind `ts`:
 *
 * - `continued`: goes on where the block before ended, and is one program with it;
 * - `data`: reads the real data sets in the folder `data`, which is FEDWARD_DATA.
 */
export interface ReadmeExample {
  /** As `audit-1` or `docs-plugins-1`: the folder of its package or its page, and its place there. */
  readonly name: string;
  readonly package: string;
  readonly source: string;
  readonly needsData: boolean;
  /** What its `console.log` say behind `//` that they print, in their order. */
  readonly prints: readonly string[];
}

/** The examples of the README of each package that goes to npm, and of the pages in docs. */
export function readmeExamples(): ReadmeExample[] {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return [
    ...publishedPackages().flatMap(({ folder }) =>
      examplesIn(readFileSync(join(root, folder, 'README.md'), 'utf8'), basename(folder)),
    ),
    ...pages.flatMap((name) =>
      examplesIn(readFileSync(join(root, 'docs', name), 'utf8'), `docs-${name.slice(0, -'.md'.length)}`),
    ),
  ];
}

/** The examples of one README. */
export function examplesIn(readme: string, package_: string): ReadmeExample[] {
  const programs: { source: string; needsData: boolean }[] = [];
  for (const [, words, source] of readme.matchAll(/^```ts\b(.*)\n([^]*?)^```$/gm)) {
    const marks = words!.split(' ').filter((word) => word !== '');
    const unknown = marks.filter((mark) => mark !== 'continued' && mark !== 'data');
    if (unknown.length > 0) throw new Error(`${package_}: an example is marked ${unknown.join(', ')}`);
    const last = programs.at(-1);
    if (!marks.includes('continued')) programs.push({ source: source!, needsData: marks.includes('data') });
    else if (last) last.source += `\n${source}`;
    else throw new Error(`${package_}: an example continues none`);
  }
  return programs.map(({ source, needsData }, i) => ({
    name: `${package_}-${i + 1}`,
    package: package_,
    source,
    needsData,
    // Behind it on its line, or in the next line.
    prints: [...source.matchAll(/^ *console\.log\(.*\);(?: |\n *)\/\/ (.*)$/gm)].map(([, text]) => text!),
  }));
}

/** Files that an example finds beside it, such as a CSV file: those of test/readmes/PACKAGE. */
export function filesFor(package_: string): string[] {
  const folder = join(root, 'test/readmes', package_);
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

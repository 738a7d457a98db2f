import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** What an example in a README is, and what it promises to print. */
export interface ReadmeExample {
  /** The first block of TypeScript in the README. */
  readonly shown: string;
  /** The file that is compiled, linted and run, from its first import, as it would stand in a README. */
  readonly source: string;
  /** What stands behind each `console.log(...);` of it. */
  readonly promised: readonly string[];
}

/**
 * The example of a package's README and the file beside the tests that it is.
 *
 * @param packageUrl of the package's folder, with the slash
 * @param file of the example, below that; it imports the package by '../index.js'
 */
export async function readmeExample(packageUrl: URL, file = 'src/testing/readme-example.ts'): Promise<ReadmeExample> {
  const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, packageUrl)), 'utf8');
  const { name } = JSON.parse(read('package.json')) as { name: string };
  const whole = read(file).replace("'../index.js'", `'${name}'`);
  const options = await resolveConfig(fileURLToPath(new URL('README.md', packageUrl)));
  // A longer name in an import may take more lines.
  const source = await format(whole.slice(whole.indexOf('import')), { ...options, parser: 'typescript' });
  return {
    shown: /```ts\n([^]*?)```/.exec(read('README.md'))?.[1] ?? '',
    source,
    promised: [...source.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text!),
  };
}

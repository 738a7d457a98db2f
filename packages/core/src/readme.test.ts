import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

it('the example in the README is one that compiles and prints what it says', async () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const source = read('./testing/readme-example.ts').replace("'../index.js'", "'@fedward/core'");
  const example = source.slice(source.indexOf('import'));
  expect(/```ts\n([^]*?)```/.exec(read('../README.md'))![1]).toBe(example);

  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await import('./testing/readme-example.js');
  const promised = [...example.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(promised).toHaveLength(2);
  expect(printed.mock.calls.flat()).toEqual(promised);
});

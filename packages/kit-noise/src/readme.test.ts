import { expect, it, vi } from 'vitest';
import { readmeExample } from '../../../tools/testing/readme-example.js';

it('the example in the README is one that compiles and prints what it says', async () => {
  const { shown, source, promised } = await readmeExample(new URL('../', import.meta.url));
  expect(shown).toBe(source);
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await import('./testing/readme-example.js');
  expect(promised).toHaveLength(1);
  expect(printed.mock.calls.flat()).toEqual(promised);
});

import { describe, expect, it } from 'vitest';
import { exampleDifferences } from '../testing/by-example.js';
import { cases } from '../testing/cases.js';
import { exampleOf } from '../testing/compare.js';

/** Uses that have no gradient by example, and why. */
const refused = new Map([
  ['BatchNormalization ', 'convert it to GroupNormalization'],
  ['BatchNormalization of vectors', 'convert it to GroupNormalization'],
  ['ReduceSum over examples too', 'does not keep the examples to one axis'],
  ['Gemm transA 1 transB 0', 'a tensor in the place of the examples'],
  ['Gemm transA 1 transB 1', 'a tensor in the place of the examples'],
]);

const named = cases
  .filter((one) => one.network.tensors.length > 0)
  .map((one) => ({ name: `${one.operator} ${one.says}`, ...one }));

describe('gradients by example beside those of one example at a time', () => {
  it.each(named.filter(({ name }) => !refused.has(name)))('$name', async ({ network, inputShape, range }) => {
    const found = await exampleDifferences(exampleOf(network, inputShape, 11, range));
    expect(Math.max(...Object.values(found)), JSON.stringify(found)).toBeLessThan(1e-5);
  });

  it.each([...refused])('%s is refused', async (name, why) => {
    const { network, inputShape, range } = named.find((one) => one.name === name)!;
    await expect(exampleDifferences(exampleOf(network, inputShape, 11, range))).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringContaining(why) as string,
    });
  });
});

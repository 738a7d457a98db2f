import { describe, expect, it } from 'vitest';
import { differences, exampleOf } from '../testing/compare.js';
import { cases } from '../testing/cases.js';

describe('gradients on ONNX Runtime (float32) beside finite differences in float64', () => {
  it.each(cases.map((one) => ({ name: `${one.operator} ${one.says}`, ...one })))(
    '$name',
    async ({ network, inputShape, range }) => {
      const found = await differences(exampleOf(network, inputShape, 7, range));
      expect(Math.max(...Object.values(found)), JSON.stringify(found)).toBeLessThan(1e-5);
    },
  );
});

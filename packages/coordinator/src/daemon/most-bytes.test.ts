import { expect, it } from 'vitest';
import { exampleStudy } from '../testing/store-checks.js';
import { mostBytesOf } from './most-bytes.js';

it('is what a hospital may send at most, by the size of the model', () => {
  const MiB = 2 ** 20;
  // 3 features, 2 units: 6 weights and 2 biases.
  expect(mostBytesOf(exampleStudy())).toBe(16 * MiB + 32 * 8);
  const layers = [{ type: 'dense', units: 1_000_000 }];
  const large = exampleStudy({}, { model: { inputShape: [3], layers, loss: 'softmax-cross-entropy' } });
  expect(mostBytesOf(large)).toBe(16 * MiB + 32 * 4_000_000);
});

import { expect, it } from 'vitest';
import { exampleDifferences } from '../testing/by-example.js';
import { directionalDifferences, exampleOf } from '../testing/compare.js';
import { randomNetwork } from '../testing/random-network.js';

// The slow tests have three hundred.
it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])('gradients of the random graph %i', async (seed) => {
  const { network, inputShape } = randomNetwork(seed);
  const found = await directionalDifferences(exampleOf(network, inputShape, seed, [-1, 1], 2), seed);
  expect(Math.max(...Object.values(found)), JSON.stringify(found)).toBeLessThan(1e-4);
  if (network.nodes.some((node) => node.op === 'BatchNormalization')) return;
  const byExample = await exampleDifferences(exampleOf(network, inputShape, seed));
  expect(Math.max(...Object.values(byExample)), JSON.stringify(byExample)).toBeLessThan(1e-4);
});

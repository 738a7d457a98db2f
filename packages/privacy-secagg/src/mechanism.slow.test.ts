import { expect, it } from 'vitest';
import { run } from './testing/federation.js';

it('noise is as large as it says, over 300 runs', { timeout: 300_000 }, async () => {
  const loud = { clipNorm: 1, noiseMultiplier: 3, expectedClients: 5 };
  const options = { identities: 'simulated', noise: loud } as const;
  const moves = Array.from({ length: 300 }, async (_, seed) => {
    const { model } = await run({ options, unit: 'hospital', changes: { rounds: 1, seed } });
    return [...model.values];
  });
  const values = (await Promise.all(moves)).flat();
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + x ** 2, 0) / values.length);
  // Five shares of a variance of 9 / 4 (the threshold is 4), over a divisor of 5; what was trained is below 0.2.
  expect(deviation / (Math.sqrt((5 * 9) / 4) / 5)).toBeGreaterThan(0.9);
  expect(deviation / (Math.sqrt((5 * 9) / 4) / 5)).toBeLessThan(1.1);
});

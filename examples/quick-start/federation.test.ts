import { expect, it } from 'vitest';
import { runQuickStart } from './federation.ts';

it('learns, and says what it spent', async () => {
  const { rounds, privacy } = await runQuickStart();
  expect(rounds).toHaveLength(30);
  expect(rounds.at(-1)?.metrics['accuracy']).toBeGreaterThan(0.85);
  expect(privacy?.epsilon).toBeCloseTo(2.687, 2);
});

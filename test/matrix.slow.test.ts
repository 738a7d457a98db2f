import { describe, expect, it } from 'vitest';
import { simulate } from '@fedward/sim-healthcare';
import { temporaryFolder } from './support/command.ts';

const aggregators = [{ aggregator: 'fedavg' }, { aggregator: 'fedprox', flags: { 'proximal-mu': 0.1 } }] as const;
const privacies = ['none', 'dp-sgd', 'tutorial-041', 'central', 'local'] as const;
const models = ['mlp', 'logistic'] as const;
const combinations = aggregators.flatMap((aggregator) =>
  privacies.flatMap((privacy) => models.map((model) => ({ ...aggregator, privacy, model }))),
);

// In this process and on this thread: the command and its threads have tests of their own.
describe('every aggregator with every mechanism and every model', () => {
  it.each(combinations)('$aggregator, $privacy, $model', async (combination) => {
    const { rounds, audit, privacy } = await simulate(
      { scenario: 'tutorial', rounds: 2, local: false, workers: 1, ...combination },
      temporaryFolder(),
    );
    expect(rounds).toHaveLength(2);
    expect(rounds[1]?.metrics['accuracy']).toBeGreaterThan(0.3);
    expect(rounds[1]?.participants).toHaveLength(5);
    expect(audit).toMatchObject({ hospitals: 5, trainingEvents: 10, verified: true });
    expect(privacy === null).toBe(combination.privacy === 'none');
  });
});

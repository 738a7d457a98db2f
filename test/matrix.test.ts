import { describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './support/command.ts';

const aggregators = [['fedavg'], ['fedprox', '--proximal-mu', '0.1']];
const privacies = ['none', 'dp-sgd', 'tutorial-041', 'central', 'local'];
const models = ['mlp', 'logistic'];
const combinations = aggregators.flatMap(([aggregator, ...options]) =>
  privacies.flatMap((privacy) => models.map((model) => ({ aggregator: aggregator ?? '', options, privacy, model }))),
);

describe('every aggregator with every mechanism and every model', () => {
  it.each(combinations)('$aggregator, $privacy, $model', async ({ aggregator, options, privacy, model }) => {
    const {
      rounds,
      audit,
      privacy: spent,
    } = await simulate(
      ...['--scenario', 'tutorial', '--rounds', '2', '--no-local', '--out', temporaryFolder()],
      ...['--aggregator', aggregator, ...options, '--privacy', privacy, '--model', model],
    );
    expect(rounds).toHaveLength(2);
    expect(rounds[1]?.metrics['accuracy']).toBeGreaterThan(0.3);
    expect(rounds[1]?.participants).toHaveLength(5);
    expect(audit).toMatchObject({ hospitals: 5, trainingEvents: 10, verified: true });
    expect(spent === null).toBe(privacy === 'none');
  });
});

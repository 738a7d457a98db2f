import { describe, expect, it } from 'vitest';
import { mean, simulate, temporaryFolder } from './support/command.ts';

const accuracyOf = async (...args: string[]): Promise<number> => {
  const result = await simulate('--scenario', 'tutorial', '--no-local', '--out', temporaryFolder(), ...args);
  return result.final.metrics['accuracy'] ?? NaN;
};

const seeds = ['1', '2', '3'];

describe('the tutorial', () => {
  it('without privacy: accuracy of at least 0.92 over three seeds (the bound of the data is 0.943)', async () => {
    const accuracies = [];
    for (const seed of seeds) accuracies.push(await accuracyOf('--privacy', 'none', '--seed', seed));
    expect(mean(accuracies)).toBeGreaterThanOrEqual(0.92);
    expect(mean(accuracies)).toBeLessThan(0.955);
  });

  it('dp-sgd with the same noise: epsilon 2.472 by PLD, accuracy of at least 0.86 over three seeds', async () => {
    const accuracies = [];
    for (const seed of seeds) {
      const result = await simulate(
        ...['--scenario', 'tutorial', '--privacy', 'dp-sgd', '--noise-multiplier', '4.845', '--delta', '1e-5'],
        ...['--model', 'logistic', '--seed', seed, '--no-local', '--out', temporaryFolder()],
      );
      expect(result.privacy?.epsilon).toBeCloseTo(2.4719, 3);
      expect(result.privacy?.perHospital).toHaveLength(5);
      accuracies.push(result.final.metrics['accuracy'] ?? NaN);
    }
    expect(mean(accuracies)).toBeGreaterThanOrEqual(0.86);
  });
});

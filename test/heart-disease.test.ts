import { describe, expect, it } from 'vitest';
import { mean, simulate, temporaryFolder } from './support/command.ts';

const data = process.env['FEDWARD_DATA'];

describe.skipIf(!data)('heart disease, four real hospitals (needs FEDWARD_DATA)', () => {
  it('pooled test accuracy of at least 0.78 without privacy, over three seeds', async () => {
    const accuracies = [];
    for (const seed of ['42', '43', '44']) {
      const result = await simulate(
        ...['--scenario', 'heart-disease', '--data', data ?? '', '--seed', seed, '--out', temporaryFolder()],
      );
      expect(result.hospitals.map(({ samples }) => samples)).toEqual([199, 172, 30, 85]);
      expect(result.privacy).toBeNull();
      accuracies.push(result.final.metrics['accuracy'] ?? NaN);
    }
    expect(Math.min(...accuracies)).toBeGreaterThanOrEqual(0.78);
    expect(mean(accuracies)).toBeLessThan(0.85);
  });

  it('runs under dp-sgd', async () => {
    const result = await simulate(
      ...['--scenario', 'heart-disease', '--data', data ?? '', '--privacy', 'dp-sgd'],
      ...['--epsilon', '5', '--delta', '1e-3', '--no-local', '--out', temporaryFolder()],
    );
    expect(result.privacy?.epsilon).toBeLessThanOrEqual(5);
    expect(result.privacy?.epsilon).toBeGreaterThan(4.9);
  });
});

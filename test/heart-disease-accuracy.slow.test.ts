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

  // Three runs of 128 rounds, two of them masked.
  it(
    'under secure aggregation is as accurate to 0.011, and with drop-outs above 0.74',
    { timeout: 600_000 },
    async () => {
      const run = (...more: string[]) =>
        simulate(
          ...['--scenario', 'heart-disease', '--data', data ?? '', '--no-local', '--out', temporaryFolder(), ...more],
        );
      const accuracyOf = ({ final }: Awaited<ReturnType<typeof run>>) => final.metrics['accuracy'] ?? NaN;
      const [open, masked] = [await run(), await run('--secagg')];
      expect(Math.abs(accuracyOf(masked) - accuracyOf(open))).toBeLessThan(0.011);
      expect(masked.audit.trainingEvents).toBe(open.audit.trainingEvents);
      expect(masked.rounds.map(({ failure }) => failure)).toEqual(open.rounds.map(() => undefined));
      const dropping = await run('--secagg', '--drop-rate', '0.2');
      expect(accuracyOf(dropping)).toBeGreaterThan(0.74);
      expect(dropping.secureAggregation!.recovered.length).toBeGreaterThan(0);
    },
  );
});

import { expect, it } from 'vitest';
import { simulate, temporaryFolder } from './support/command.ts';

it('the installed command runs secure aggregation beside noise, with the same bits for any number of threads', async () => {
  const run = (workers: string) =>
    simulate(
      ...[
        '--scenario',
        'tutorial',
        '--rounds',
        '4',
        '--secagg',
        '--drop-rate',
        '0.2',
        '--epsilon',
        '1',
        '--delta',
        '1e-5',
      ],
      ...['--no-local', '--workers', workers, '--out', temporaryFolder()],
    );
  const [one, two] = [await run('1'), await run('2')];
  expect(two.model.sha256).toBe(one.model.sha256);
  expect(two.rounds).toEqual(one.rounds);
  expect(two.secureAggregation).toEqual(one.secureAggregation);
  expect(one.secureAggregation!.unmasked).toBeGreaterThan(1);
  expect(one.privacy!.mechanisms).toHaveLength(2);
  expect(one.privacy!.epsilon).toBeLessThanOrEqual(1);
  expect(one).toMatchObject({ simulationOnly: true, audit: { verified: true } });
});

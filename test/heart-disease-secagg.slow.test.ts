import { describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './support/command.ts';

const data = process.env['FEDWARD_DATA'];

describe.skipIf(!data)('heart disease, four real hospitals (needs FEDWARD_DATA)', () => {
  it('under secure aggregation is as accurate to 0.011, and with drop-outs above 0.74', async () => {
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
  });
});

import { describe, expect, it } from 'vitest';
import { run } from '../testing/run.js';

const tutorial = ['reach', '--scenario', 'tutorial', '--privacy', 'none'];

describe('fedward reach', () => {
  it('prints a table of the hospitals, and each reason once', async () => {
    const { code, stdout } = await run(...tutorial, '--hospitals', '3');
    expect(code).toBe(0);
    for (const word of ['hospital-0', 'hospital-2', 'no bound', 'whatever it sends']) expect(stdout).toContain(word);
    expect(stdout.split('takes an update of any size')).toHaveLength(2);
  });

  it('prints one document with --json, by the options of simulate', async () => {
    const { code, stdout } = await run(...tutorial, '--aggregator', 'size-aware', '--most-share', '0.25', '--json');
    expect(code).toBe(0);
    type Told = { readonly records: number; readonly share: number; readonly most: number };
    const { aggregator, hospitals } = JSON.parse(stdout) as { aggregator: string; hospitals: Told[] };
    expect(aggregator).toBe('size-aware');
    // None of them has more than a quarter of the records: shares go by these, and changes are clipped to 1.
    const all = hospitals.reduce((sum, { records }) => sum + records, 0);
    for (const { records, share, most } of hospitals) {
      expect(share).toBeCloseTo(records / all, 12);
      expect(most).toBeCloseTo(share, 12);
    }
    const once = await run(
      ...tutorial,
      '--aggregator',
      'size-aware',
      '--set',
      'aggregator.options.mostRecords=1',
      '--json',
    );
    expect((JSON.parse(once.stdout) as { hospitals: Told[] }).hospitals.map(({ most }) => most)).toEqual([0.2, 0.2, 0.2, 0.2, 0.2]); // prettier-ignore
  });

  it('refuses what a run would refuse, with the exit code of a configuration', async () => {
    const { code, stderr } = await run(...tutorial, '--hospitals', '4', '--aggregator', 'krum');
    expect(code).toBe(2);
    expect(stderr).toContain('krum needs 5 updates a round');
  });
});

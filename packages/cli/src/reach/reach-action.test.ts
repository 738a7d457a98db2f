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
    const { aggregator, hospitals } = JSON.parse(stdout) as { aggregator: string; hospitals: { most: number }[] };
    expect(aggregator).toBe('size-aware');
    expect(hospitals.map(({ most }) => most)).toEqual([0.2, 0.2, 0.2, 0.2, 0.2]);
  });

  it('refuses what a run would refuse, with the exit code of a configuration', async () => {
    const { code, stderr } = await run(...tutorial, '--hospitals', '4', '--aggregator', 'krum');
    expect(code).toBe(2);
    expect(stderr).toContain('krum needs 5 updates a round');
  });
});

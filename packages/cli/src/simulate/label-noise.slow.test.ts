import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';

const short = ['--scenario', 'tutorial', '--privacy', 'none', '--no-local', '--rounds', '1', '--workers', '1'];

describe('weights of classes from the command', () => {
  it('are the same plan by --class-weights, --set and a config, and are carried out', async () => {
    const folder = await folderOf({ 'plan.yaml': 'training: { objective: { classWeights: [1, 3] } }\n' });
    const ways = {
      flag: ['--class-weights', '1,3'],
      set: ['--set', 'training.objective.classWeights=[1,3]'],
      config: ['--config', join(folder, 'plan.yaml')],
      none: [],
    };
    const found: Record<string, { planHash: string; sha256: string; objective: unknown }> = {};
    for (const [name, flags] of Object.entries(ways)) {
      const out = join(folder, name);
      const { code, stdout, stderr } = await run('simulate', ...short, ...flags, '--json', '--out', out);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      const { planHash, model } = JSON.parse(stdout) as { planHash: string; model: { sha256: string } };
      const { plan } = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as { plan: { training: object } };
      found[name] = { planHash, sha256: model.sha256, objective: (plan.training as never)['objective'] };
    }
    expect(found['flag']).toMatchObject({ objective: { classWeights: [1, 3] } });
    expect([found['set'], found['config']]).toEqual([found['flag'], found['flag']]);
    expect(found['none']!.sha256).not.toBe(found['flag']!.sha256);
  });

  it.each([['balanced'], ['1,0'], ['1,'], ['']])('are numbers, not "%s"', async (text) => {
    const { code, stderr } = await run('simulate', ...short, '--class-weights', text);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--class-weights')]);
  });

  it('are one a class', async () => {
    const { code, stderr } = await run('simulate', ...short, '--class-weights', '1,2,3');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/3 weights for 2 classes/)]);
  });
});

describe('label noise from the command', () => {
  it('is made, found and said', async () => {
    const folder = await folderOf({});
    const noise = ['--label-noise', '0.3', '--noisy-hospitals', '2', '--find-label-noise', '--rounds', '10'];
    const { code, stdout } = await run('simulate', ...short, ...noise, '--out', join(folder, 'run'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/The simulation made labels of training parts wrong: \d+ of \d+ of hospital-\d/);
    expect(stdout.match(/by a model of the other hospitals \d+\.\d% of the training labels are wrong/g)).toHaveLength(
      5,
    );
    expect(stdout.match(/WARNING: About \d+% of the training labels of hospital-\d look wrong/g)).toHaveLength(2);
  });

  it.each([
    [['--label-noise', '0'], '--label-noise'],
    [['--label-noise', '1.1'], '--label-noise'],
    [['--noisy-hospitals', '2'], '--noisy-hospitals'],
    [['--label-noise', '0.3', '--noisy-hospitals', '9'], '--noisy-hospitals'],
  ])('is refused: %j', async (flags, option) => {
    const { code, stderr } = await run('simulate', ...short, ...flags);
    expect([code, stderr]).toEqual([2, expect.stringContaining(option)]);
  });
});

import { expect, it } from 'vitest';
import { fedward } from './support/command.ts';

const sampled = ['--sampling-probability', '0.01', '--steps', '10000', '--delta', '1e-5', '--json'];

it('prices DP-SGD with everything that the epsilon depends on', async () => {
  const { code, stdout } = await fedward('privacy', 'epsilon', '--noise-multiplier', '1', ...sampled);
  expect(code).toBe(0);
  const found = JSON.parse(stdout) as Record<string, unknown>;
  expect(found).toMatchObject({ delta: 1e-5, accountant: 'pld', adjacency: 'add-or-remove-one', unit: 'record' });
  expect(found['epsilon']).toBeCloseTo(6.1877, 3);
});

it('finds the least noise for a target', async () => {
  const { stdout } = await fedward('privacy', 'calibrate', '--epsilon', '2', ...sampled);
  const { epsilon, noiseMultiplier } = JSON.parse(stdout) as Record<string, number>;
  expect(epsilon).toBeLessThanOrEqual(2);
  expect(epsilon).toBeGreaterThan(1.999);
  const less = await fedward('privacy', 'epsilon', '--noise-multiplier', String(noiseMultiplier! * 0.999), ...sampled);
  expect((JSON.parse(less.stdout) as Record<string, number>)['epsilon']).toBeGreaterThan(2);
});

it('asks for a delta', async () => {
  const { code, stderr } = await fedward(
    ...['privacy', 'epsilon', '--noise-multiplier', '1', '--sampling-probability', '0.1', '--steps', '10'],
  );
  expect(code).toBe(2);
  expect(stderr).toContain('--delta');
});

it('refuses an accountant that can not price sampling, by name', async () => {
  const { code, stderr } = await fedward(
    ...['privacy', 'epsilon', '--noise-multiplier', '1', '--accountant', 'gaussian', ...sampled],
  );
  expect(code).toBe(2);
  expect(stderr).toContain('EVENT_UNSUPPORTED');
});

const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await fedward('privacy', ...args, '--delta', '1e-5', '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};

it('finds the most steps for given noise', async () => {
  const noise = ['--noise-multiplier', '1.5', '--sampling-probability', '0.02', '--accountant', 'rdp'];
  const { epsilon, steps, noiseMultiplier } = await json('calibrate', '--epsilon', '2', ...noise);
  expect(noiseMultiplier).toBe(1.5);
  expect(epsilon).toBeLessThanOrEqual(2);
  const more = await json('epsilon', ...noise, '--steps', String((steps as number) + 1));
  expect(more['epsilon']).toBeGreaterThan(2);
});

it('prices other noise and other sampling, and says under which adjacency', async () => {
  const rdp = ['--accountant', 'rdp', '--steps', '5', '--noise-multiplier'];
  const laplace = await json('epsilon', '--mechanism', 'laplace', ...rdp, '10', '--sampling-probability', '1');
  expect(laplace).toMatchObject({ mechanism: 'laplace', adjacency: 'add-or-remove-one' });
  expect(laplace['epsilon']).toBeCloseTo(0.5, 12); // five times the pure epsilon of one
  const fixed = await json('epsilon', ...rdp, '2', '--sample-size', '10', '--population', '1000');
  expect(fixed).toMatchObject({ mechanism: 'gaussian', adjacency: 'replace-one', sampleSize: 10, population: 1000 });
  const integers = ['--mechanism', 'discrete-gaussian', '--sensitivity', '3', '--sampling-probability', '1'];
  expect(await json('epsilon', ...integers, ...rdp, '2')).toMatchObject({ sensitivity: 3 });
});

it('prints an epsilon with delta, unit, adjacency, accountant and sampling', async () => {
  const { stdout } = await fedward(
    ...['privacy', 'epsilon', '--noise-multiplier', '4', '--sample-size', '32', '--population', '350'],
    ...['--steps', '100', '--delta', '1e-5', '--accountant', 'rdp'],
  );
  for (const part of [
    /^epsilon +3\.16/,
    /delta +0\.00001/,
    /record, replace-one/,
    /accountant +rdp/,
    /twice the clip norm/,
  ])
    expect(stdout).toMatch(part);
  expect(stdout).toContain('100 steps, each on 32 of 350 records, drawn without replacement');
});

it.each([
  ['--sampling-probability', ['epsilon', '--noise-multiplier', '1', '--steps', '5']],
  ['--population', ['epsilon', '--noise-multiplier', '1', '--steps', '5', '--sample-size', '5']],
  ['--sample-size', ['epsilon', '--noise-multiplier', '1', '--steps', '5', '--sample-size', '5', '--population', '4']],
  [
    '--sensitivity',
    ['epsilon', '--noise-multiplier', '1', '--steps', '5', '--sampling-probability', '1', '--sensitivity', '2'],
  ],
  [
    '--mechanism',
    ['epsilon', '--noise-multiplier', '1', '--steps', '5', '--sampling-probability', '1', '--mechanism', 'x'],
  ],
  [
    '--accountant',
    ['epsilon', '--noise-multiplier', '1', '--steps', '5', '--sampling-probability', '1', '--accountant', 'x'],
  ],
  ['--steps', ['calibrate', '--epsilon', '1', '--sampling-probability', '0.1']],
  [
    '--noise-multiplier',
    ['calibrate', '--epsilon', '1', '--sampling-probability', '0.1', '--steps', '3', '--noise-multiplier', '1'],
  ],
  ['--epsilon', ['calibrate', '--epsilon', '0.001', '--sampling-probability', '1', '--noise-multiplier', '1']],
  [
    '--adjacency',
    [
      'epsilon',
      '--noise-multiplier',
      '1',
      '--steps',
      '5',
      '--sampling-probability',
      '0.1',
      '--adjacency',
      'replace-one',
      '--accountant',
      'rdp',
    ],
  ],
])('names %s where it is at fault', async (option, args) => {
  const { code, stdout, stderr } = await fedward('privacy', ...args, '--delta', '1e-5');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(option);
});

import { expect, it } from 'vitest';
import { fedward } from './support/command.ts';

const sampled = ['--sampling-probability', '0.01', '--steps', '10000', '--delta', '1e-5', '--json'];

it('prices DP-SGD with everything that the epsilon depends on', async () => {
  const { code, stdout } = await fedward('privacy', 'epsilon', '--noise-multiplier', '1', ...sampled);
  expect(code).toBe(0);
  const found = JSON.parse(stdout) as Record<string, unknown>;
  expect(found).toMatchObject({ delta: 1e-5, accountant: 'rdp', adjacency: 'add-or-remove-one', unit: 'record' });
  expect(found['epsilon']).toBeGreaterThan(6);
  expect(found['epsilon']).toBeLessThan(7);
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

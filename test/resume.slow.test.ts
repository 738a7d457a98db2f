import { expect, it } from 'vitest';
import type { SimulationResult } from '@fedward/sim-healthcare';
import { fedward, simulate, startInterrupted, temporaryFolder } from './support/command.ts';

// Once; crash-resume.slow.test.ts kills runs everywhere.
it('a run that is killed and resumed ends with the same bits as one that was not, and verifies', async () => {
  const args = ['--scenario', 'tutorial', '--rounds', '5', '--no-local', '--privacy', 'dp-sgd'];
  const whole = await simulate(...args, '--out', temporaryFolder());
  const out = temporaryFolder();
  const killed = await startInterrupted(['simulate', ...args, '--out', out], { after: 'round 2/', diskCalls: 3 });
  expect(killed.signal).toBe('SIGKILL');
  const { code, stdout, stderr } = await fedward('simulate', '--resume', '--out', out, '--json');
  expect(code, stderr).toBe(0);
  expect((JSON.parse(stdout) as SimulationResult).model.sha256).toBe(whole.model.sha256);
  expect((await fedward('audit', 'verify', out)).code).toBe(0);
});

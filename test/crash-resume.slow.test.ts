import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '@fedward/sim-healthcare';
import { fedward, simulate, startInterrupted, temporaryFolder } from './support/command.ts';
import { runEvents } from './support/run-events.ts';

const rounds = 20;
const run = ['--scenario', 'tutorial', '--rounds', String(rounds), '--no-local'];

/** Starts a run, interrupts it some way behind the end of so many rounds, and resumes it. */
async function killAndResume(
  args: readonly string[],
  afterRounds: number,
  signal: NodeJS.Signals,
  diskCalls = 0,
): Promise<{ readonly result: SimulationResult; readonly killedBy: NodeJS.Signals | number | null }> {
  const out = temporaryFolder();
  const after = afterRounds === 0 ? ', trainer' : `round ${afterRounds}/`;
  const killed = await startInterrupted(['simulate', ...args, '--out', out], { after, signal, diskCalls });
  const resumed = await fedward('simulate', '--resume', '--out', out, '--json');
  if (resumed.code !== 0) throw new Error(`resume: exit code ${resumed.code}: ${resumed.stderr}`);
  const verified = await fedward('audit', 'verify', out);
  expect(verified.code, verified.stdout).toBe(0);
  return { result: JSON.parse(resumed.stdout) as SimulationResult, killedBy: killed.signal ?? killed.code };
}

describe.each([['none'], ['dp-sgd']])('privacy %s', (privacy) => {
  const args = [...run, '--privacy', privacy];

  it('killed by SIGKILL anywhere and resumed, a run ends with the same bits and the same epsilon', async () => {
    const whole = await simulate(...args, '--out', temporaryFolder());
    for (const [n, round] of [0, 1, 4, 8, 12, 16].entries()) {
      // Each time before another call, so that it meets logging and checkpoints; with none left, training.
      const { result, killedBy } = await killAndResume(args, round, 'SIGKILL', n);
      expect(killedBy, `round ${round}`).toBe('SIGKILL');
      expect(result.model.sha256, `round ${round}`).toBe(whole.model.sha256);
      expect(result.rounds).toEqual(whole.rounds);
      expect(result.privacy?.epsilon).toBe(whole.privacy?.epsilon);
    }
  });
});

it.each([
  ['private-tensors', ['--set', 'aggregator.options.tensors=["0.dense.bias"]', '--model', 'logistic']],
  ['ditto', ['--set', 'aggregator.options.lambda=0.1']],
])('killed by SIGKILL, what hospitals remember of %s is there when the run is resumed', async (aggregator, options) => {
  const args = [...run, '--privacy', 'none', '--aggregator', aggregator, ...options];
  const whole = await simulate(...args, '--out', temporaryFolder());
  for (const [n, round] of [1, 7, 15].entries()) {
    const { result, killedBy } = await killAndResume(args, round, 'SIGKILL', 2 * n);
    expect(killedBy, `round ${round}`).toBe('SIGKILL');
    expect(result.model.sha256, `round ${round}`).toBe(whole.model.sha256);
    const own = ({ hospitals }: SimulationResult) => hospitals.map(({ personal }) => personal?.sha256);
    expect(own(whole)).not.toContain(undefined);
    expect(own(result), `round ${round}`).toEqual(own(whole));
  }
});

it('killed under secure noise, every round that was begun stays charged', async () => {
  let begunAgain = 0;
  for (const diskCalls of [0, 2, 4, 8, 16]) {
    const { result } = await killAndResume([...run, '--privacy', 'dp-sgd', '--secure-noise'], 3, 'SIGKILL', diskCalls);
    const begun = (await runEvents(result.folder)).filter(({ type }) => type === 'round-start').length;
    const { stdout } = await fedward(
      ...['privacy', 'epsilon', '--noise-multiplier', '4.845', '--sampling-probability', String(32 / 350)],
      ...['--steps', String(33 * begun), '--delta', '1e-5', '--json'],
    );
    const { epsilon } = JSON.parse(stdout) as { epsilon: number };
    expect(result.privacy?.epsilon).toBeGreaterThanOrEqual(epsilon - 1e-9);
    if (begun > rounds) begunAgain++;
  }
  expect(begunAgain, 'no kill met a round under way').toBeGreaterThan(0);
});

it('stops at Ctrl-C with exit code 130, says how to go on, and can', async () => {
  const whole = await simulate(...run, '--out', temporaryFolder());
  const { result, killedBy } = await killAndResume(run, 2, 'SIGINT');
  expect(killedBy).toBe(130);
  expect(result.model.sha256).toBe(whole.model.sha256);
});

it('does not resume a run that is complete, nor start over one that is there', async () => {
  const out = temporaryFolder();
  await simulate('--scenario', 'tutorial', '--rounds', '1', '--no-local', '--out', out);
  const again = await fedward('simulate', '--resume', '--out', out);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is complete') });
  const over = await fedward('simulate', '--scenario', 'tutorial', '--out', out);
  expect(over).toMatchObject({ code: 2, stderr: expect.stringContaining('already holds a run') });
});

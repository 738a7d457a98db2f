import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '@fedward/sim-healthcare';
import { fedward, simulate, startInterrupted, temporaryFolder } from './support/command.ts';

/** All of a result that must not depend on how a run was carried out. */
function outcomeOf({ planHash, model, rounds, hospitals, privacy }: SimulationResult) {
  return { planHash, model, rounds, hospitals, privacy };
}

const on = (workers: number, ...args: string[]) =>
  simulate(...args, '--workers', String(workers), '--out', temporaryFolder());

describe.each([['none'], ['dp-sgd'], ['tutorial-041']])('privacy %s', (privacy) => {
  it('gives the same bits on 1, 2 and 4 threads, in the federation and trained alone', async () => {
    const args = ['--scenario', 'tutorial', '--rounds', '3', '--privacy', privacy];
    const one = await on(1, ...args);
    expect(one.timing.workers).toBe(1);
    expect(one.hospitals.every(({ localMetrics }) => localMetrics!['accuracy']! > 0.3)).toBe(true);
    for (const workers of [2, 4]) {
      const several = await on(workers, ...args);
      expect(outcomeOf(several)).toEqual(outcomeOf(one));
      expect(several.timing).toMatchObject({ workers, clientSteps: one.timing.clientSteps });
      expect(several.audit).toMatchObject({ verified: true, trainingEvents: 15 });
    }
  });
});

it.each(['quantize', 'top-k'])('compression %s gives the same bits on 1 thread and on 3', async (compression) => {
  const args = ['--scenario', 'tutorial', '--rounds', '3', '--privacy', 'none', '--compression', compression];
  const [one, three, plain] = [await on(1, ...args), await on(3, ...args), await on(1, ...args.slice(0, -2))];
  expect(outcomeOf(three)).toEqual(outcomeOf(one));
  expect(three.timing.workers).toBe(3);
  expect(three.bytes).toEqual(one.bytes);
  expect(one.model.sha256).not.toBe(plain.model.sha256);
});

/** Starts a run, sends it a signal after its second round, and gives its folder. */
async function interrupted(workers: number, signal: NodeJS.Signals, args: readonly string[]) {
  const out = temporaryFolder();
  const ended = await startInterrupted(['simulate', ...args, '--workers', String(workers), '--out', out], {
    after: 'round 2/',
    signal,
  });
  return { out, ended };
}

it.each([
  { from: 1, to: 4, signal: 'SIGKILL' },
  { from: 4, to: 1, signal: 'SIGINT' },
  { from: 2, to: 2, signal: 'SIGINT' },
] as const)('goes on with $to threads after $signal to a run on $from', async ({ from, to, signal }) => {
  // Long enough that the signal meets it under way.
  const args = ['--scenario', 'tutorial', '--rounds', '40', '--privacy', 'dp-sgd'];
  const whole = await on(1, ...args);
  const { out, ended } = await interrupted(from, signal, args);
  expect(ended.signal ?? ended.code).toBe(signal === 'SIGINT' ? 130 : signal);
  const { code, stdout, stderr } = await fedward(
    ...['simulate', '--resume', '--out', out, '--workers', String(to), '--json'],
  );
  expect(code, stderr).toBe(0);
  const resumed = JSON.parse(stdout) as SimulationResult;
  expect(resumed.timing.workers).toBe(to);
  expect(outcomeOf(resumed)).toEqual(outcomeOf(whole));
});

it('refuses a number of threads that is none, by name', async () => {
  const { code, stderr } = await fedward('simulate', '--scenario', 'tutorial', '--workers', '0');
  expect(code).toBe(2);
  expect(stderr).toContain('--workers');
});

describe('many clients', () => {
  const args = ['--scenario', 'many-clients', '--hospitals', '100000', '--rounds', '3'];

  it('gives the same bits on 1 and 3 threads, and asks ten of a hundred thousand a round', async () => {
    const one = await on(1, ...args);
    expect(one.population).toEqual({ hospitals: 100_000, tabulated: false });
    expect(one.hospitals).toEqual([]);
    expect(one.rounds.map(({ participants }) => participants.length)).toEqual([10, 10, 10]);
    expect(one.audit).toMatchObject({ verified: true, trainingEvents: 30 });
    expect(one.rounds[2]!.metrics['accuracy']).toBeGreaterThan(0.2); // by chance: 0.1
    expect(outcomeOf(await on(3, ...args))).toEqual(outcomeOf(one));
  });

  it('tells under privacy what those have spent that were asked', async () => {
    const { privacy, rounds } = await on(1, ...args, '--privacy', 'dp-sgd');
    const asked = rounds.flatMap(({ participants }) => participants);
    expect(privacy!.perHospital.map(({ id }) => id).sort()).toEqual([...new Set(asked)].sort());
    expect(privacy!.perHospital.every(({ epsilon }) => epsilon! > 0)).toBe(true);
  });
});

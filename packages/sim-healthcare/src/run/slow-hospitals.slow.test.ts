import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { SimulateOptions } from './options.js';
import { resumeSimulation, simulate } from './simulate.js';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fedward-slow-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'run');
}

const buffered: SimulateOptions = {
  ...{ scenario: 'tutorial', privacy: 'none', model: 'logistic', rounds: 12, local: false, workers: 1 },
  ...{ slow: { 'hospital-4': 20 }, aggregator: 'fedbuff', collect: 2 },
};

it('a run that takes late updates asks those anew who were at work at a kill: repeated by the same kill alone', async () => {
  const whole = await simulate(buffered, await folder(), {});
  const [first, second] = [await killedAfter(5), await killedAfter(5)];
  expect(second.model.sha256).toBe(first.model.sha256);
  expect(second.rounds).toEqual(first.rounds);
  expect(first.rounds.slice(0, 6)).toEqual(whole.rounds.slice(0, 6));
  expect(first.rounds[6]!.stale).toEqual([]);
  expect(first.rounds[6]!.simulatedSeconds).toBeGreaterThan(first.rounds[5]!.simulatedSeconds!);
});

async function killedAfter(last: number) {
  const out = await folder();
  const stop = new AbortController();
  const onRound = ({ round }: { round: number }) => void (round === last && stop.abort());
  await expect(simulate(buffered, out, { onRound, signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  return resumeSimulation(out, {}, { workers: 1 });
}

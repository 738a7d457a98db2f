import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resumeSimulation, simulate } from './simulate.js';

it('says at which round it starts, a new run and one that is gone on with', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'fedward-simulate-')), 'run');
  onTestFinished(() => rm(join(folder, '..'), { recursive: true, force: true }));
  const stop = new AbortController();
  const firstRounds: number[] = [];
  const onStart = (_run: unknown, { firstRound }: { firstRound: number }) => firstRounds.push(firstRound);
  const options = { scenario: 'tutorial', rounds: 4, local: false, workers: 1, model: 'logistic' };
  const onRound = ({ round }: { round: number }) => {
    if (round === 1) stop.abort();
  };
  const stopped = simulate(options, folder, { onStart, onRound, signal: stop.signal });
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  const { model, rounds } = await resumeSimulation(folder, { onStart }, { workers: 1 });
  expect(firstRounds).toEqual([0, 2]);
  expect(rounds.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
  expect(model.name).toBe('logistic');
});

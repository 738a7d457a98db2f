import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint } from '@fedward/core';
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

it('leaves the run of an older core as it is', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'fedward-old-')), 'run');
  onTestFinished(() => rm(join(folder, '..'), { recursive: true, force: true }));
  const stop = new AbortController();
  const hooks = { onRound: () => stop.abort(), signal: stop.signal };
  const options = { scenario: 'tutorial', rounds: 3, local: false, workers: 1, model: 'logistic' };
  await expect(simulate(options, folder, hooks)).rejects.toMatchObject({ code: 'ABORTED' });
  const { runId, planHash } = JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'));
  const checkpoint = join(folder, 'checkpoints', `${runId}.safetensors`);
  const { log } = decodeCheckpoint(await readFile(checkpoint)).state as { log: object };
  const run = { aggregator: {}, mechanisms: {}, weights: {}, ledgers: {}, simulationOnly: true, newest: { round: 0 } };
  const old = encodeCheckpoint({ runId, planHash, nextRound: 1, state: { log, run } as never });
  await writeFile(checkpoint, old);
  const before = await contentsOf(folder);
  await expect(resumeSimulation(folder)).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    message: expect.stringContaining('version 0.1 of core'),
  });
  expect(await contentsOf(folder)).toEqual(before);
});

/** Every file under a folder, by its path, with what is in it. */
async function contentsOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)));
}

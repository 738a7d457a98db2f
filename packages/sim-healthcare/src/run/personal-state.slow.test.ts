import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint, digestTensors, encodeCheckpoint, sha256, type State } from '@fedward/core';
import { decodeBundle } from '@fedward/model-bundle';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SimulateOptions } from './options.js';
import { resumeSimulation, simulate } from './simulate.js';
import { verifyRun } from './verify-run.js';

const options: SimulateOptions = {
  scenario: 'tutorial',
  hospitals: 3,
  rounds: 2,
  workers: 1,
  model: 'logistic',
  local: false,
  privacy: 'none',
};
const strategies: readonly (readonly [string, SimulateOptions])[] = [
  ['private-tensors', { ...options, aggregator: 'private-tensors', set: { 'aggregator.options.tensors': ['0.dense.bias'] } }], // prettier-ignore
  ['ditto', { ...options, aggregator: 'ditto', set: { 'aggregator.options.lambda': 0.1 } }],
];

describe.each(strategies)('what hospitals remember of %s', (_, options) => {
  it('outlives the process: a run that is gone on with ends with the same bits, and verifies', async () => {
    const [whole, stopped] = [await temporary(), await temporary()];
    const expected = await simulate(options, whole, {});
    const stop = new AbortController();
    const onRound = ({ round }: { round: number }) => {
      if (round === 0) stop.abort();
    };
    const run = simulate(options, stopped, { onRound, signal: stop.signal });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    const result = await resumeSimulation(stopped, {}, { workers: 1 });
    expect(result.model.sha256).toBe(expected.model.sha256);
    expect(result.rounds).toEqual(expected.rounds);
    expect(result.hospitals).toEqual(expected.hospitals);
    for (const { id, personal, deploy } of result.hospitals) {
      const path = join(stopped, 'hospitals', id, 'model.safetensors');
      const { manifest, weights } = decodeBundle(await readFile(path), path);
      expect(digestTensors(weights)).toBe(personal!.sha256);
      expect(personal!.sha256).not.toBe(result.model.sha256);
      expect(manifest.title).toContain(`personal model of ${id}`);
      expect(manifest.evaluation?.figures).toEqual(personal!.evaluation.figures);
      expect(deploy!.comparisons.map(({ model }) => model)).toEqual(['personal']);
    }
    const [ours, theirs] = [await states(stopped), await states(whole)];
    expect(ours.size).toBeGreaterThan(0);
    expect(ours).toEqual(theirs);
    for (const folder of [whole, stopped]) expect((await verifyRun(folder)).faults).toEqual([]);
  });
});

it('hospitals score their personal models where the plan asks for it', async () => {
  const asked = strategies[1]![1];
  const { rounds, hospitals } = await simulate({ ...asked, set: { ...asked.set, evaluation: { every: 1 } } }, await temporary(), {}); // prettier-ignore
  expect(rounds.map(({ siteScores }) => siteScores?.perSite.length)).toEqual([3, 3]);
  const last = rounds[1]!.siteScores!;
  expect(last.failed).toEqual([]);
  for (const { id, personal } of hospitals)
    expect(last.perSite.find((site) => site.id === id)!.metrics).toMatchObject({ accuracy: personal!.metrics['accuracy'] }); // prettier-ignore
});

it('no personal model is made, scored or written where anything has a price', async () => {
  const folder = await temporary();
  const { hospitals } = await simulate({ ...strategies[1]![1], privacy: 'dp-sgd' }, folder, {});
  for (const { personal, deploy } of hospitals) expect([personal, deploy]).toEqual([undefined, undefined]);
  for (const id of await readdir(join(folder, 'hospitals')))
    expect((await readdir(join(folder, 'hospitals', id))).sort()).toEqual(['audit', 'state', 'witness']);
});

it('a strategy without a half at the sites leaves nothing of hospitals but logs and what they noted', async () => {
  const folder = await temporary();
  await simulate(options, folder, {});
  const hospitals = await readdir(join(folder, 'hospitals'));
  expect(hospitals).toHaveLength(3);
  for (const id of hospitals)
    expect((await readdir(join(folder, 'hospitals', id))).sort()).toEqual(['audit', 'witness']);
});

async function temporary(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'fedward-personal-')), 'run');
  onTestFinished(() => rm(join(folder, '..'), { recursive: true, force: true }));
  return folder;
}

/** By hospital and round, what it remembers. */
async function states(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(join(folder, 'hospitals'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.includes('state'));
  const pairs = files.map(async ({ parentPath, name }) => {
    const [hospital] = parentPath.slice(join(folder, 'hospitals').length + 1).split('/');
    const { state } = decodeCheckpoint(await readFile(join(parentPath, name)));
    return [`${hospital} ${name}`, digestOf(state)] as const;
  });
  return new Map((await Promise.all(pairs)).sort());
}

/** A digest: what differs is not printed number by number. */
function digestOf(state: State): string {
  return sha256(encodeCheckpoint({ runId: '', planHash: '', nextRound: 0, state }));
}

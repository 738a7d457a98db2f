import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  inMemoryTransport,
  Random,
  runFederation,
  simulatedRandomness,
  siteFactory,
  type TrainingData,
} from '@fedward/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Population } from '../scenario/scenario.js';
import { checkedRun, type CheckedRun } from './checked-run.js';

/** Two studies that differ in one patient with an absurd value: once told apart in each of 240 runs at "epsilon 1". */
const [epsilon, delta, runs] = [1, 1e-5, 100];
const absurd = 'p999,9999,1';

let root: string;
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'fedward-dpleak-'))));
afterAll(() => rmSync(root, { recursive: true }));

function study(more: readonly string[], scale: object): string {
  const folder = mkdtempSync(join(root, 'study-'));
  const random = new Random(3);
  const rows = Array.from({ length: 200 }, (_, i) => `p${i},${(random.normal() + (i % 2)).toFixed(3)},${i % 2}`);
  const label = { name: 'ill', kind: 'class', classes: ['0', '1'].map((c) => ({ name: c, values: [c] })) };
  const columns = [{ name: 'marker', kind: 'numeric', ...scale }];
  writeFileSync(join(folder, 'schema.json'), JSON.stringify({ columns, label, patientId: 'patient' }));
  writeFileSync(join(folder, 'ward.csv'), ['patient,marker,ill', ...rows, ...more].join('\n'));
  return folder;
}

function prepared(dataDir: string, privacy: 'dp-sgd' | 'none'): Promise<CheckedRun> {
  const options = { scenario: 'csv', dataDir, rounds: 5, seed: 7, local: false, workers: 1, privacy } as const;
  return checkedRun({ ...options, ...(privacy === 'dp-sgd' && { epsilon, delta }) }, 'dpleak');
}

/** The marker's weight in the model of each of the runs, which have nothing in common but data, plan and first model. */
async function weights(run: CheckedRun, { ids, hospital }: Population, from: number): Promise<number[]> {
  // Without the word that they were fitted, for which a site would refuse them.
  const dataOf = (id: string): TrainingData => {
    const { count, featureShape, features, labels } = hospital(id).train;
    return { count, featureShape, features, labels };
  };
  const { plan, plugins } = run;
  const found: number[] = [];
  for (let i = 0; i < runs; i++) {
    const randomness = simulatedRandomness(`run ${from + i}`);
    const createSite = siteFactory({ plan, ...plugins, randomness });
    const transport = inMemoryTransport(ids.map((id) => createSite({ id, data: dataOf(id) })));
    const { model } = await runFederation({ ...run.federation, transport });
    found.push(model.values[1]! - model.values[0]!);
  }
  return found;
}

/** log of n over k. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}

/** The largest p under which at most k of n are seen with probability alpha (Clopper and Pearson 1934). */
function upperBound(k: number, n: number, alpha: number): number {
  if (k === n) return 1;
  const atMost = (p: number): number => {
    let sum = 0;
    for (let i = 0; i <= k; i++) sum += Math.exp(logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log(1 - p));
    return sum;
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (atMost(middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Whether a threshold, in either direction, contradicts (epsilon, delta), with all of them right with probability 0.999:
 * P[with] <= e^epsilon P[without] + delta, and the other way round.
 */
function toldApart(a: readonly number[], b: readonly number[]): boolean {
  const thresholds = [...a, ...b];
  const alpha = 0.001 / (2 * 4 * thresholds.length);
  return thresholds.some((threshold) =>
    [a, b].some((one, which) => {
      const other = which === 0 ? b : a;
      return [1, -1].some((sign) => {
        const count = (values: readonly number[]) => values.filter((x) => sign * (x - threshold) >= 0).length;
        const likely = 1 - upperBound(runs - count(one), runs, alpha);
        return likely > Math.exp(epsilon) * upperBound(count(other), runs, alpha) + delta;
      });
    }),
  );
}

it('one patient more is not told apart in 2 x 100 runs where the range is declared, and was where it was fitted', async () => {
  const range = { range: [-4, 5] };
  const [without, withAbsurd] = [study([], range), study([absurd], range)];
  const [plain, more] = [await prepared(without, 'dp-sgd'), await prepared(withAbsurd, 'dp-sgd')];
  // The patient is trained on: else there would be nothing to see.
  expect(more.population.hospital('ward').train.count).toBe(plain.population.hospital('ward').train.count + 1);
  const [a, b] = [await weights(plain, plain.population, 0), await weights(more, more.population, 1000)];
  expect(toldApart(a, b)).toBe(false);

  // The same plan on data that were scaled by their own mean and deviation, as without a price: the test can fail.
  const fitted = async (rows: readonly string[]) => (await prepared(study(rows, {}), 'none')).population;
  const [c, d] = [await weights(plain, await fitted([]), 0), await weights(plain, await fitted([absurd]), 1000)];
  expect(toldApart(c, d)).toBe(true);
});

it('a run is refused that would scale by the data', async () => {
  await expect(prepared(study([absurd], {}), 'dp-sgd')).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    subject: 'marker',
  });
});

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, verifyAuditLog } from '@fedward/audit';
import {
  createSite,
  inMemoryTransport,
  parseQueryPlan,
  Random,
  runFederation,
  SeededNoise,
  simulatedRandomness,
  type TrainingData,
} from '@fedward/core';
import { noisyAnswers } from '@fedward/privacy-dp';
import { pldAccountant } from '@fedward/privacy-dp/accounting';
import { openLedger, readLedger } from '@fedward/privacy-dp/ledger';
import { expect, it } from 'vitest';
import { moments, statisticsOf, sums, type MomentsOptions } from './moments.js';

const options: MomentsOptions = {
  columns: [{ name: 'age', lower: 0, upper: 110 }, { name: 'pressure', lower: 60, upper: 220 }], // prettier-ignore
};
/** One value in ten is missing. */
function hospital(k: number, count: number): TrainingData {
  const random = new Random(`hospital ${k}`);
  const draw = (i: number) => (i % 2 ? 130 + 15 * random.normal() : 60 + 10 * random.normal());
  const features = Float32Array.from({ length: 2 * count }, (_, i) => (random.bernoulli(0.1) ? NaN : draw(i)));
  return { count, featureShape: [2], features, labels: new Float32Array(count) };
}
const data = [hospital(0, 900), hospital(1, 1400), hospital(2, 700)];
const terms = { unit: 'record', adjacency: 'add-or-remove-one', delta: 1e-6, budget: 2, simulationOnly: true } as const;

async function ask(noiseMultiplier?: number) {
  const priced = noiseMultiplier !== undefined;
  const plan = parseQueryPlan({
    ...{ schemaVersion: 1, name: 'how old are they', seed: 3, rounds: 1, aggregator: { name: 'sums' } },
    query: { name: 'moments', options },
    ...(priced && {
      privacy: {
        mechanisms: [{ name: 'noisy-answers', options: { noiseMultiplier } }],
        accountant: 'pld',
        delta: 1e-6,
        budget: { epsilon: 2 },
      },
    }),
  });
  const query = moments(options);
  const mechanisms = priced ? [noisyAnswers({ noiseMultiplier })] : [];
  const folder = await mkdtemp(join(tmpdir(), 'moments-'));
  const audit = await openAuditLog(join(folder, 'audit'));
  const sites = await Promise.all(
    data.map(async (records, k) => {
      const ledger = priced && {
        ledger: await openLedger(join(folder, `ledger-${k}`), { ...terms, dataSet: `h${k}` }),
      };
      return createSite({
        ...{ id: `h${k}`, plan, data: records, query, mechanisms, audit, sharesLog: true },
        ...{ randomness: simulatedRandomness(3), ...ledger },
      });
    }),
  );
  const result = await runFederation({
    ...{ runId: 'query-1', plan, transport: inMemoryTransport(sites), aggregator: sums(query.form), mechanisms, audit },
    ...(priced && { accountant: pldAccountant(), simulationOnly: true }),
    noise: (round) => new SeededNoise(new Random('server').fork(round)),
  });
  await audit.close();
  return { ...result, folder, statistics: statisticsOf(result.model, options), log: await verifyAuditLog(join(folder, 'audit')) }; // prettier-ignore
}

it('counts, means and variances over hospitals are exact in float64', async () => {
  const { statistics, rounds, log, privacy } = await ask();
  expect(privacy).toBeNull();
  expect(log).toMatchObject({ ok: true });
  expect(rounds).toHaveLength(1);
  statistics.forEach(({ count, mean, variance }, j) => {
    const all = data.flatMap(({ features }) => [...features].filter((x, i) => i % 2 === j && !Number.isNaN(x)));
    const { lower, upper } = options.columns[j]!;
    const values = all.map((x) => Math.min(upper, Math.max(lower, x)));
    const expected = values.reduce((sum, x) => sum + x, 0) / values.length;
    const spread = values.reduce((sum, x) => sum + (x - expected) ** 2, 0) / values.length;
    expect(count).toBe(values.length);
    expect(Math.abs(mean / expected - 1)).toBeLessThan(1e-12);
    expect(Math.abs(variance / spread - 1)).toBeLessThan(1e-10);
  });
});

it('priced: noisy, charged to each ledger, with the epsilon of one Gaussian release', async () => {
  const [{ statistics: exact }, { statistics: noisy, privacy, folder }] = [await ask(), await ask(4)];
  expect(noisy).not.toEqual(exact);
  noisy.forEach(({ mean }, j) => expect(Math.abs(mean - exact[j]!.mean)).toBeLessThan(3));
  expect(privacy).toMatchObject({ unit: 'record', adjacency: 'add-or-remove-one', protects: 'what leaves a site' });
  expect(privacy!.epsilon).toBeGreaterThan(0.5);
  expect(privacy!.epsilon).toBeLessThan(2);
  for (const k of [0, 1, 2])
    expect(await readLedger(join(folder, `ledger-${k}`))).toMatchObject({ releases: 1, fault: null });
});

it('is refused where nothing bounds what one unit moves', () => {
  const plan = parseQueryPlan({
    ...{
      schemaVersion: 1,
      name: 'x',
      seed: 3,
      rounds: 1,
      aggregator: { name: 'sums' },
      query: { name: 'moments', options },
    },
    privacy: {
      mechanisms: [{ name: 'noisy-answers', options: { noiseMultiplier: 4 } }],
      accountant: 'pld',
      delta: 1e-6,
      unit: 'patient',
    },
  });
  const site = () =>
    createSite({
      id: 'h0',
      plan,
      data: data[0]!,
      query: moments(options),
      mechanisms: [noisyAnswers({ noiseMultiplier: 4 })],
    });
  expect(site).toThrow(/needs a query that says how far one patient moves its answer/);
});

import {
  createSite,
  inMemoryTransport,
  parseQueryPlan,
  Random,
  runFederation,
  simulatedRandomness,
  type TrainingData,
} from '@fedward/core';
import { secureAggregation } from '@fedward/privacy-secagg';
import { expect, it } from 'vitest';
import { moments, statisticsOf, sums, type MomentsOptions } from './seams/moments.js';

const options: MomentsOptions = { columns: [{ name: 'age', lower: 0, upper: 110 }] };
const hospital = (k: number): TrainingData => {
  const random = new Random(`hospital ${k}`);
  const count = 100 + 50 * k;
  const features = Float32Array.from({ length: count }, () => 60 + 10 * random.normal());
  return { count, featureShape: [1], features, labels: new Float32Array(count) };
};

async function ask(range?: number) {
  const secure = { identities: 'simulated', bits: 64, range } as const;
  const plan = parseQueryPlan({
    ...{ schemaVersion: 1, name: 'how old are they', seed: 3, rounds: 1, aggregator: { name: 'sums' } },
    query: { name: 'moments', options },
    ...(range !== undefined && { privacy: { mechanisms: [{ name: 'secagg', options: secure }] } }),
  });
  const query = moments(options);
  const mechanisms = range === undefined ? [] : [secureAggregation({ ...secure, range })];
  const sites = [0, 1, 2, 3].map((k) =>
    createSite({ id: `h${k}`, plan, data: hospital(k), query, mechanisms, randomness: simulatedRandomness(3) }),
  );
  const { model } = await runFederation({
    ...{ runId: 'query-1', plan, transport: inMemoryTransport(sites), aggregator: sums(query.form), mechanisms },
  });
  return statisticsOf(model, options)[0]!;
}

it('statistics are sums too: counts come out as they are, means and variances to nine digits', async () => {
  const [plain, secure] = [await ask(), await ask(1024)];
  expect(secure.count).toBe(plain.count);
  expect(secure.mean).toBeCloseTo(plain.mean, 7);
  expect(secure.variance).toBeCloseTo(plain.variance, 6);
});

it('an answer that would be cut is none', async () => {
  const message = expect.stringContaining('range of secagg') as string;
  await expect(ask(10)).rejects.toMatchObject({ code: 'UPDATE_INVALID', subject: 'h0', message });
});

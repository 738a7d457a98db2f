import {
  createSite,
  inMemoryTransport,
  parseQueryPlan,
  Random,
  runFederation,
  simulatedRandomness,
  type Client,
  type TrainingData,
  type Transport,
} from '@fedward/core';
import { secureAggregation } from '@fedward/privacy-secagg';
import { describe, expect, it } from 'vitest';
import { openDoor, TestFederation } from '../tools/testing/nats-federation.js';
import { natsServer } from '../tools/testing/nats-hub.js';
import { moments, statisticsOf, sums, type MomentsOptions } from './seams/moments.js';

const options: MomentsOptions = { columns: [{ name: 'age', lower: 0, upper: 110 }] };
const secure = { identities: 'simulated', bits: 64, range: 1024 } as const;
const plan = parseQueryPlan({
  ...{ schemaVersion: 1, name: 'how old are they', seed: 3, rounds: 1, aggregator: { name: 'sums' } },
  query: { name: 'moments', options },
  privacy: { mechanisms: [{ name: 'secagg', options: secure }] },
});

const hospital = (k: number): TrainingData => {
  const random = new Random(`hospital ${k}`);
  const count = 100 + 50 * k;
  const features = Float32Array.from({ length: count }, () => 60 + 10 * random.normal());
  return { count, featureShape: [1], features, labels: new Float32Array(count) };
};
const sites = (): Client[] =>
  ['h0', 'h1', 'h2'].map((id, k) =>
    createSite({
      ...{ id, plan, data: hospital(k), query: moments(options), mechanisms: [secureAggregation(secure)] },
      randomness: simulatedRandomness(3),
    }),
  );

async function ask(transport: Transport) {
  const query = moments(options);
  const mechanisms = [secureAggregation(secure)];
  const { model } = await runFederation({
    ...{ runId: 'query-1', plan, transport, aggregator: sums(query.form), mechanisms },
  });
  return statisticsOf(model, options);
}

describe.skipIf(!natsServer)('secure aggregation over a hub', () => {
  it('comes to what it comes to in one process, keys and shares between the hospitals included', async () => {
    const clients = sites();
    const federation = await TestFederation.start(clients.map(({ id }) => id));
    try {
      for (const client of clients) await federation.courier(client.id, openDoor(client));
      const transport = federation.transport(clients.map(({ id }) => federation.member(id)));
      expect(await ask(transport)).toEqual(await ask(inMemoryTransport(sites())));
      const asked = federation.events.map((event) => ('question' in event ? event.question : event.kind));
      expect(asked.filter((question) => question === 'call').length).toBeGreaterThanOrEqual(2 * clients.length);
    } finally {
      await federation.close();
    }
  });
});

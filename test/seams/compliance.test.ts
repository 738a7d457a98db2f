import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseQueryPlan, type Random, type TensorsForm, type TrainingData } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { clientStoreCompliance } from '@fedward/testkit/client-store';
import { privacyMechanismCompliance } from '@fedward/testkit/privacy-mechanism';
import { queryCompliance } from '@fedward/testkit/query';
import { siteStrategyCompliance } from '@fedward/testkit/site-strategy';
import { transportCompliance } from '@fedward/testkit/transport';
import { describe, it } from 'vitest';
import { fedBuff } from './fedbuff.js';
import { fileClientStore } from './file-store.js';
import { moments, sums } from './moments.js';
import { multiKrum } from './multi-krum.js';
import { newton } from './newton.js';
import { ditto, fedPer } from './personal.js';
import { pairwiseMasks } from './pairwise-masks.js';
import { scaffold, scaffoldSite } from './scaffold.js';
import { listenAt, socketTransport } from './socket.js';
import { linearPlan } from './support.js';

// What a plugin's own tests begin with: the suite of its kind.

aggregatorCompliance({ create: () => scaffold() }).register({ describe, it });
aggregatorCompliance({ create: () => multiKrum({ byzantine: 1, keep: 3 }), minimumCohort: 5 }).register({
  describe,
  it,
});
aggregatorCompliance({ create: () => fedBuff(), mean: true }).register({ describe, it });
for (const { aggregator } of [fedPer({ private: ['bias'] }), ditto({ lambda: 0.1 })])
  aggregatorCompliance({ create: () => aggregator, mean: true }).register({ describe, it });

siteStrategyCompliance({ create: () => scaffoldSite, aggregator: () => scaffold() }).register({ describe, it });
siteStrategyCompliance({
  create: () => ditto({ lambda: 0.1 }).site,
  aggregator: () => ditto({ lambda: 0.1 }).aggregator,
}).register({ describe, it });

const query = (name: string) =>
  parseQueryPlan({
    schemaVersion: 1,
    name: 'example',
    seed: 1,
    rounds: 4,
    aggregator: { name },
    query: { name: 'any' },
  });
const { form } = moments({ columns: [{ name: 'age', lower: 0, upper: 110 }] });
aggregatorCompliance({ create: () => sums(form), plan: query('sums') }).register({ describe, it });

/** Values within the bounds and far beyond, one in ten missing. */
const records = (random: Random, count: number): TrainingData => ({
  ...{ count, featureShape: [1], labels: new Float32Array(count) },
  features: Float32Array.from({ length: count }, () => (random.bernoulli(0.1) ? NaN : 1000 * random.normal())),
});
const joined = (a: TrainingData, b: TrainingData): TrainingData => ({
  ...{ count: a.count + b.count, featureShape: [1], labels: new Float32Array(a.count + b.count) },
  features: Float32Array.from([...a.features, ...b.features]),
});
const columns = [{ name: 'age', lower: 0, upper: 110 }];
queryCompliance({
  create: () => moments({ columns }),
  plan: parseQueryPlan({ ...query('sums'), query: { name: 'moments', options: { columns } } }),
  ...{ records, join: joined, units: ['record'], rounding: 1e-12 },
}).register({ describe, it });

privacyMechanismCompliance({
  create: pairwiseMasks,
  plan: linearPlan({ privacy: { mechanisms: [{ name: 'pairwise-masks' }] } }),
}).register({ describe, it });

/** A gradient, and a Hessian that has an inverse. */
const derivatives = (random: Random, { layout }: TensorsForm) => {
  const n = layout.tensors[0]!.size;
  const values = Float64Array.from({ length: layout.size }, () => 0.1 * random.normal());
  for (let i = 0; i < n; i++) values[n + i * n + i]! += n;
  return { layout, values };
};
aggregatorCompliance({ create: () => newton({ inputs: 2 }), plan: query('newton'), example: derivatives }).register({ describe, it }); // prettier-ignore

clientStoreCompliance({
  create: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-'));
    return {
      store: fileClientStore(folder),
      reopen: async () => fileClientStore(folder),
      cleanup: () => rm(folder, { recursive: true }),
    };
  },
}).register({ describe, it });

transportCompliance({
  connect: async (clients) => {
    const folder = await mkdtemp(join(tmpdir(), 'sockets-'));
    const paths = Object.fromEntries(clients.map(({ id }, i) => [id, join(folder, `${i}.sock`)]));
    const doors = await Promise.all(clients.map((client) => listenAt(paths[client.id]!, client)));
    const transport = socketTransport(paths);
    return {
      ...transport,
      async close() {
        await transport.close();
        await Promise.all(doors.map((door) => door.close()));
      },
    };
  },
}).register({ describe, it });

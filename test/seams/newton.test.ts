import { createSite, inMemoryTransport, memoryAuditSink, parseQueryPlan, Random, runFederation } from '@fedward/core';
import { expect, it } from 'vitest';
import { logisticDerivatives, newton } from './newton.js';
import { dataOf } from './support.js';

const options = { inputs: 6 };

function hospital(k: number) {
  const random = new Random(`hospital ${k}`);
  const rows = Array.from({ length: 80 + 40 * k }, () => Array.from({ length: 6 }, (_, j) => random.normal() + (j === 0 ? 0.3 * k : 0))); // prettier-ignore
  const labels = rows.map((x) => Number(random.uniform() < 1 / (1 + Math.exp(-(x[0]! - 0.5 * x[1]! + 0.2)))));
  return dataOf(rows, labels);
}
const parts = [0, 1, 2, 3].map(hospital);

/** The largest component of the gradient of the pooled loss, a sum over all records: 0 at the pooled solution. */
function pooledGradient(w: ArrayLike<number>): number {
  const gradient = new Float64Array(7);
  for (const { count, features, labels } of parts)
    for (let row = 0; row < count; row++) {
      const x = [...features.subarray(6 * row, 6 * row + 6), 1];
      const p = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * w[i]!, 0)));
      x.forEach((value, i) => (gradient[i]! += (p - labels[row]!) * value));
    }
  return Math.max(...gradient.map(Math.abs));
}

it('meets the pooled solution to 1e-9 in at most six rounds, and stops by itself', async () => {
  const plan = parseQueryPlan({
    ...{ schemaVersion: 1, name: 'logistic regression', seed: 1, rounds: 30 },
    ...{ query: { name: 'logistic-derivatives', options }, aggregator: { name: 'newton', options } },
  });
  const sites = parts.map((data, k) => createSite({ id: `h${k}`, plan, data, query: logisticDerivatives(options) }));
  const audit = memoryAuditSink();
  const aggregator = newton(options);
  const { model, rounds, done } = await runFederation({ runId: 'run-1', plan, transport: inMemoryTransport(sites), aggregator, audit }); // prettier-ignore
  expect(rounds.length).toBeLessThanOrEqual(6);
  expect(done).toMatch(/moved no weight/);
  expect(audit.events.at(-1)).toMatchObject({ type: 'run-end', details: { done } });
  // The Hessian's least eigenvalue is above 10 here, so that a gradient of 1e-9 is a distance below 1e-10.
  expect(pooledGradient(model.values)).toBeLessThan(1e-9);
});

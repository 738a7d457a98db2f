import {
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  parsePlan,
  PluginRegistry,
  runFederation,
  simulatedRandomness,
  type PrivacyMechanism,
  type TrainingPlanInput,
} from '@fedward/core';
import { plugins as fedavg } from '@fedward/aggregator-fedavg';
import { plugins as fedopt } from '@fedward/aggregator-fedopt';
import { plugins as scaffold } from '@fedward/aggregator-scaffold';
import { plugins as dp } from '@fedward/privacy-dp';
import { secureAggregation } from '@fedward/privacy-secagg';
import { referenceTrainer } from '@fedward/testkit/reference';
import { describe, expect, it } from 'vitest';
import { dataOf, linearPlan } from './seams/support.js';

const registry = new PluginRegistry([...fedavg, ...fedopt, ...scaffold, ...dp]);
/** Of unequal size, and pulling in different directions. */
const hospitals = {
  a: dataOf([[2, 0], [0, 0.3], [1, 1]], [2, 0.3, -1]), // prettier-ignore
  b: dataOf([[0.3, 0], [0, 2]], [-0.3, -2]), // prettier-ignore
  c: dataOf([[1, -1]], [0.5]),
};

async function modelOf(changes: Partial<TrainingPlanInput>, mechanisms: readonly PrivacyMechanism[] = []) {
  const plan = parsePlan({ ...linearPlan(), rounds: 4, ...changes });
  const strategy = registry.site(plan.aggregator);
  const accountant = plan.privacy?.accountant;
  const sites = Object.entries(hospitals).map(([id, data]) =>
    createSite({
      ...{ id, plan, data, mechanisms, trainer: referenceTrainer(), randomness: simulatedRandomness(1) },
      ...(strategy && { strategy }),
    }),
  );
  const { model, privacy } = await runFederation({
    ...{ runId: 'run-1', plan, mechanisms, transport: inMemoryTransport(sites), randomness: simulatedRandomness(1) },
    aggregator: registry.create('aggregator', plan.aggregator),
    ...(accountant && { accountant: registry.create('accountant', { name: accountant, options: {} }) }),
    initial: createParameters(layoutOf(plan.model)),
  });
  return { values: [...model.values], privacy };
}

const secure = { identities: 'simulated', bits: 64, range: 64 } as const;

describe.each([
  ['fedavgm', {}],
  ['fedadagrad', {}],
  ['fedadam', { biasCorrection: 'moments' }],
  ['fedyogi', {}],
  ['scaffold', {}],
  ['scaffold', { weighting: 'uniform', option: 'I' }],
])('%s with %o', (name, options) => {
  it('goes the same way where the server sees nothing but the sum', async () => {
    const aggregator = { name, options };
    const plain = await modelOf({ aggregator });
    const privacy = { mechanisms: [{ name: 'secagg', options: secure }] };
    const masked = await modelOf({ aggregator, privacy }, [secureAggregation(secure)]);
    masked.values.forEach((w, i) => expect(w).toBeCloseTo(plain.values[i]!, 5));
    expect(Math.hypot(...plain.values)).toBeGreaterThan(0.01);
  });
});

describe.each(['fedavgm', 'fedadagrad', 'fedadam', 'fedyogi'])('%s', (name) => {
  it('makes its step of a noisy mean that was released, at the same price', async () => {
    const central = (noiseMultiplier: number) => ({ clipNorm: 1, noiseMultiplier, expectedClients: 3 });
    const run = (noiseMultiplier: number, aggregator = name) => {
      const mechanism = { name: 'central', options: central(noiseMultiplier) };
      const price = { accountant: 'rdp', delta: 1e-5, unit: 'hospital' } as const;
      const privacy = { mechanisms: [mechanism], ...price };
      return modelOf({ aggregator: { name: aggregator, options: {} }, privacy }, [
        registry.create('mechanism', mechanism),
      ]);
    };
    const [some, more] = [await run(1), await run(2)];
    for (const { values } of [some, more]) expect(values.every(Number.isFinite)).toBe(true);
    expect(more.values).not.toEqual(some.values);
    const epsilon = ({ privacy }: typeof some) => privacy!.epsilon!;
    expect(epsilon(more)).toBeLessThan(epsilon(some));
    expect(epsilon(some)).toBe(epsilon(await run(1, 'fedavg')));
  });
});

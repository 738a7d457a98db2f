import { describe, expect, it, vi } from 'vitest';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import type { Capability } from '../interfaces/aggregator.js';
import type { DpEvent } from '../privacy/events.js';
import {
  exampleFederation,
  fakeAccountant,
  fakeClient,
  fakeEvent,
  fakeMechanism,
  meanAggregator,
  type MeanState,
} from '../testing/fakes.js';
import { fakeWitness } from '../testing/logs.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { assertFederation } from './check.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

const privatePlan = examplePlan({ privacy: examplePrivacy });
const protectedBy = (mechanism = fakeMechanism()) => ({
  plan: privatePlan,
  mechanisms: [mechanism],
  accountant: fakeAccountant,
});
const budget = (epsilon: number) => examplePlan({ privacy: { ...examplePrivacy, budget: { epsilon } } });
const needs = (requires: Capability[], provides: Capability[] = []) => meanAggregator({ requires, provides });

describe('assertFederation', () => {
  it('passes a federation that can run', () => {
    expect(() => assertFederation(exampleFederation())).not.toThrow();
    expect(() => assertFederation(exampleFederation(protectedBy()))).not.toThrow();
    expect(() => assertFederation(exampleFederation({ plan: examplePlan({ quorum: 3 }) }))).not.toThrow();
  });

  const cases: [string, string, string, () => Partial<Federation<MeanState>>][] = [
    ['no clients', 'CONFIG_INVALID', 'clients', () => ({ transport: inMemoryTransport([]) })],
    [
      'a witness with a log of its own that is not signed',
      'CONFIG_INVALID',
      'audit',
      () => ({ audit: memoryAuditSink(), witness: fakeWitness('coordinator') }),
    ],
    [
      'certificates without a log',
      'CONFIG_INVALID',
      'audit',
      () => ({ certificates: { write: async () => undefined } }),
    ],
    [
      'a cohort larger than the federation',
      'CONFIG_INVALID',
      'cohort.size',
      () => ({ plan: examplePlan({ cohort: { select: 'uniform', size: 4 } }) }),
    ],
    [
      'more turns than clients',
      'CONFIG_INVALID',
      'cohort.groups',
      () => ({ plan: examplePlan({ cohort: { select: 'cyclic', groups: 4 } }) }),
    ],
    [
      'a quorum above the smallest turn',
      'CONFIG_INVALID',
      'quorum',
      () => ({ plan: examplePlan({ cohort: { select: 'cyclic', groups: 2 }, quorum: 2 }) }),
    ],
    ['a quorum that nobody can meet', 'CONFIG_INVALID', 'quorum', () => ({ plan: examplePlan({ quorum: 4 }) })],
    [
      'a quorum above the cohort',
      'CONFIG_INVALID',
      'quorum',
      () => ({ plan: examplePlan({ cohort: { select: 'uniform', size: 2 }, quorum: 3 }) }),
    ],
    ['a concurrency of 0', 'ARGUMENT_INVALID', 'concurrency', () => ({ concurrency: 0 })],
    ['a concurrency of NaN', 'ARGUMENT_INVALID', 'concurrency', () => ({ concurrency: Number.NaN })],
    [
      'an aggregator that the plan does not name',
      'CONFIG_INCOMPATIBLE',
      'aggregator',
      () => ({ aggregator: meanAggregator({ name: 'median' }) }),
    ],
    [
      'a mechanism that needs what the aggregator lacks',
      'CONFIG_INCOMPATIBLE',
      'privacy.mechanisms',
      () => ({
        ...protectedBy(fakeMechanism({ requires: ['sum-only'] })),
        aggregator: needs([], ['individual-updates']),
      }),
    ],
    [
      'an aggregator that needs what a mechanism takes away',
      'CONFIG_INCOMPATIBLE',
      'privacy.mechanisms',
      () => ({
        ...protectedBy(fakeMechanism({ removes: ['individual-updates'] })),
        aggregator: needs(['individual-updates']),
      }),
    ],
    [
      'a budget that nothing is priced against',
      'CONFIG_INCOMPATIBLE',
      'privacy.budget',
      () => ({
        plan: examplePlan({ privacy: { ...examplePrivacy, budget: { epsilon: 1 } } }),
        mechanisms: [{ name: 'fake', requires: [] }],
      }),
    ],
    [
      'a price without an accountant',
      'CONFIG_INCOMPATIBLE',
      'privacy.accountant',
      () => ({ plan: privatePlan, mechanisms: [fakeMechanism()] }),
    ],
    [
      'an accountant that the plan does not name',
      'CONFIG_INCOMPATIBLE',
      'privacy.accountant',
      () => ({ ...protectedBy(), accountant: (adjacency) => ({ ...fakeAccountant(adjacency), name: 'abacus' }) }),
    ],
    [
      'a budget below the price of the first round',
      'CONFIG_INCOMPATIBLE',
      'privacy.budget.epsilon',
      () => ({ ...protectedBy(), plan: budget(0.1 - 1e-12) }),
    ],
    [
      'a budget where the first round has no finite price',
      'CONFIG_INCOMPATIBLE',
      'privacy.budget.epsilon',
      () => ({
        ...protectedBy(fakeMechanism({ event: () => ({ type: 'non-private', reason: 'no noise' }) })),
        plan: budget(1e9),
      }),
    ],
    [
      'an event that the accountant can not price',
      'EVENT_UNSUPPORTED',
      'privacy.accountant',
      () =>
        protectedBy(
          fakeMechanism({ event: () => ({ type: 'poisson-sampled', samplingProbability: 1, event: fakeEvent }) }),
        ),
    ],
    [
      'an event of the last round that can not be priced',
      'EVENT_UNSUPPORTED',
      'privacy.accountant',
      () =>
        protectedBy(
          fakeMechanism({
            event: ({ round }): DpEvent =>
              round < 3 ? fakeEvent : { type: 'poisson-sampled', samplingProbability: 1, event: fakeEvent },
          }),
        ),
    ],
    [
      'a mechanism that the plan does not name',
      'CONFIG_INCOMPATIBLE',
      'privacy.mechanisms',
      () => ({ ...protectedBy(), plan: examplePlan() }),
    ],
  ];

  it.each(cases)('refuses %s: %s, %s; and nothing has been sent or written', async (_, code, subject, changes) => {
    const answer = vi.fn();
    const federation = exampleFederation({
      transport: inMemoryTransport([1, 2, 3].map((k) => fakeClient(`h${k}`, answer))),
      ...changes(),
    });
    expect(() => assertFederation(federation)).toThrow(
      expect.objectContaining({ code, subject, family: 'configuration' }),
    );
    const [append, save] = [vi.fn(), vi.fn()];
    const run = runFederation({
      ...federation,
      audit: { append, close: vi.fn() },
      checkpoints: { ...memoryCheckpointStore(), save },
    });
    await expect(run).rejects.toMatchObject({ code });
    for (const spy of [answer, append, save]) expect(spy).not.toHaveBeenCalled();
  });

  it('says what the first round would spend, and lets one pass that spends the budget to its end', () => {
    expect(() => assertFederation(exampleFederation({ ...protectedBy(), plan: budget(0.1) }))).not.toThrow();
    expect(() => assertFederation(exampleFederation({ ...protectedBy(), plan: budget(0.05) }))).toThrow(
      /first round alone would spend epsilon 0\.10000 at delta 0\.00001, the budget is 0\.05/,
    );
  });
});

import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Client } from '../interfaces/client.js';
import type { EvaluateResult } from '../interfaces/messages.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { planHash } from '../plan/plan.js';
import { secretRandomness } from '../random/randomness.js';
import type { SiteOptions } from '../site/options.js';
import { changeOf, modelOf } from '../site/train-and-subtract.js';
import { createParameters } from '../parameters/parameters.js';
import { exampleData, exampleFederation, exampleSite, exampleSites, exampleTask, fakeAccountant, fakeClient, fakeEvent, fakeMechanism, fakeTrainer, meanAggregator, neverFired, type MeanState } from '../testing/fakes.js'; // prettier-ignore
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { strategyThat, willingTrainer } from '../testing/strategies.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

const every = (n: number, changes: Parameters<typeof examplePlan>[0] = {}) =>
  examplePlan({ rounds: 5, evaluation: { every: n }, ...changes });
/** The first value of the model, and the number of records. */
const metrics: SiteOptions['metrics'] = (outputs) => ({ first: outputs[0]! });
const sites = (plan: ReturnType<typeof every>, changes: Partial<SiteOptions> = {}): Client[] =>
  [1, 2, 3].map((k) =>
    exampleSite(`hospital-${k}`, {
      plan,
      data: exampleData(10 * k, k),
      testData: exampleData(k, k),
      metrics,
      ...changes,
    }),
  );
const scoredRun = (
  changes: Partial<Federation<MeanState>> & { readonly plan: ReturnType<typeof every> },
  of: Partial<SiteOptions> = {},
) =>
  // prettier-ignore
  runFederation(exampleFederation({ ...changes, transport: changes.transport ?? inMemoryTransport(sites(changes.plan, of)) }));
const scoredRounds = (rounds: readonly { readonly round: number; readonly siteScores?: unknown }[]) =>
  rounds.filter(({ siteScores }) => siteScores).map(({ round }) => round);

/** Pays for scores, at the sites and at the price of `fakeEvent`. */
const paying = (changes: Partial<PrivacyMechanism> = {}) =>
  fakeMechanism({ evaluationEvent: () => fakeEvent, onEvaluate: (result) => result, ...changes });
const paid = (changes: Parameters<typeof examplePlan>[0] = {}) =>
  every(2, { rounds: 3, privacy: examplePrivacy, ...changes });

describe('scores at the sites', () => {
  it.each([
    [1, [0, 1, 2, 3, 4]],
    [2, [1, 3, 4]],
    [5, [4]],
    [9, [4]],
  ])('come after every %i rounds and after the last: %j', async (n, expected) => {
    expect(scoredRounds((await scoredRun({ plan: every(n) })).rounds)).toEqual(expected);
  });

  it('are in no report where the plan asks for none', async () => {
    const { rounds } = await runFederation(exampleFederation());
    expect(scoredRounds(rounds)).toEqual([]);
    expect(rounds[0]).not.toHaveProperty('siteScores');
  });

  it('come after the last round of an aggregator that is done', async () => {
    const aggregator = meanAggregator({ done: ({ rounds }) => (rounds === 2 ? 'close enough' : undefined) });
    const { rounds, done } = await scoredRun({ plan: every(5), aggregator });
    expect([scoredRounds(rounds), done]).toEqual([[1], 'close enough']);
  });

  it('are of the global model after the round, by site, and their means by records', async () => {
    const { rounds, model } = await scoredRun({ plan: every(5) });
    const { siteScores } = rounds.at(-1)!;
    const first = model.values[0]!;
    expect(siteScores!.perSite).toEqual(
      [1, 2, 3].map((k) => ({ id: `hospital-${k}`, records: k, metrics: { first } })),
    );
    expect(siteScores!.metrics['first']).toBeCloseTo(first, 12);
    expect(siteScores!.failed).toEqual([]);
  });

  it('are weighed by the number of test records', async () => {
    const byRecords: SiteOptions['metrics'] = (outputs, labels) => ({ records: labels.length, ...(labels.length > 1 && { some: 1 }) }); // prettier-ignore
    const { rounds } = await scoredRun({ plan: every(5) }, { metrics: byRecords });
    expect(rounds.at(-1)!.siteScores!.metrics).toEqual({ records: (1 + 4 + 9) / 6, some: 1 });
  });

  it('are of the personal model where the strategy says so, from the state that was taken', async () => {
    const strategy = strategyThat(
      async ({ sent, state, train }) => {
        const before = (state as Float32Array | null) ?? new Float32Array(8);
        return {
          update: changeOf((await train(modelOf(sent))).payload, modelOf(sent)),
          state: before.map((x) => x + 1),
        };
      },
      { personalModel: ({ sent, state }) => createParameters(sent.layout, state as Float32Array) },
    );
    const { rounds } = await scoredRun(
      { plan: every(2), aggregator: meanAggregator({ strategy: 'mean' }) },
      { strategy, trainer: willingTrainer() },
    );
    const means = rounds.flatMap(({ siteScores }) => siteScores?.metrics['first'] ?? []);
    expect(means).toEqual([2, 4, 5]); // as many answers as were taken
  });

  it('name a site that failed, with its reason, and are the means of the others', async () => {
    const plan = every(5);
    const [one, two, three] = sites(plan) as [Client, Client, Client];
    const failing: Client = {
      ...two,
      evaluate: () => Promise.reject(new FedwardError('CONFIG_INVALID', 'no test data')),
    };
    const audit = memoryAuditSink();
    const transport = inMemoryTransport([one, failing, three]);
    const { rounds } = await runFederation(exampleFederation({ plan, transport, audit }));
    const { failed, perSite } = rounds.at(-1)!.siteScores!;
    expect(failed).toEqual([{ id: 'hospital-2', code: 'CONFIG_INVALID', reason: 'no test data' }]);
    expect(perSite.map(({ id }) => id)).toEqual(['hospital-1', 'hospital-3']);
    expect(audit.events.filter(({ type }) => type === 'evaluation')).toMatchObject([
      { round: 4, details: { atSites: true, failed: [{ id: 'hospital-2', code: 'CONFIG_INVALID' }], spent: null } },
    ]);
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no number of records', { clientId: 'c', metrics: {} }],
    ['no records', { clientId: 'c', weight: 0, metrics: {} }],
    ['more records than there are', { clientId: 'c', weight: 2 ** 33, metrics: {} }],
    ['scores of another site', { clientId: 'a', weight: 1, metrics: {} }],
    ['metrics that are none', { clientId: 'c', weight: 1, metrics: null }],
    ['a metric of a million characters', { clientId: 'c', weight: 1, metrics: { ['x'.repeat(1e6)]: 1 } }],
    ['a million metrics', { clientId: 'c', weight: 1, metrics: Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => [i, 1])) }], // prettier-ignore
    ['a circle', circular],
  ])('of a site that sends %s are not there, and the run goes on', async (_, said) => {
    const honest = ['a', 'b'].map((id) => fakeClient(id, ({ round }) => exampleAnswer(id, round)));
    const hostile = fakeClient('c', ({ round }) => exampleAnswer('c', round));
    const inner = inMemoryTransport([...honest, hostile]);
    const client = (id: string): Client =>
      id === 'c' ? { ...inner.client(id), evaluate: async () => said as EvaluateResult } : inner.client(id);
    const { rounds } = await runFederation(
      exampleFederation({ plan: every(1, { rounds: 1 }), transport: { ...inner, client }, audit: memoryAuditSink() }),
    );
    expect(rounds[0]!.siteScores!.failed).toMatchObject([{ id: 'c', code: 'UPDATE_INVALID' }]);
    expect(rounds[0]!.siteScores!.perSite.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('with names that no log can write, or values that are none, are left out one by one', async () => {
    const said = { clientId: 'c', weight: 1, metrics: { '\ud800': 1, auc: 0.5, nan: Number.NaN, text: 'x' as never } };
    const inner = inMemoryTransport([fakeClient('c', ({ round }) => exampleAnswer('c', round))]);
    const transport = {
      ...inner,
      client: (id: string): Client => ({ ...inner.client(id), evaluate: async () => said }),
    };
    const federation = exampleFederation({ plan: every(1, { rounds: 1 }), transport, audit: memoryAuditSink() });
    expect((await runFederation(federation)).rounds[0]!.siteScores!.metrics).toEqual({ auc: 0.5 });
  });

  it('of the last round are there after a kill as well', async () => {
    const plan = every(9, { rounds: 2 });
    const checkpoints = memoryCheckpointStore();
    const evaluate = vi.fn(async (_: unknown, round: number) => {
      if (round === 1 && evaluate.mock.calls.length === 2) throw new Error('killed');
      return {};
    });
    await expect(scoredRun({ plan, checkpoints, evaluate })).rejects.toThrow('killed');
    const { rounds } = await scoredRun({ plan, checkpoints, evaluate, resume: true });
    expect(scoredRounds(rounds)).toEqual([1]);
  });

  it('end at an abort', async () => {
    const controller = new AbortController();
    const inner = inMemoryTransport(sites(every(1)));
    const silent = (client: Client): Client => ({
      ...client,
      evaluate: () => (queueMicrotask(() => controller.abort()), new Promise(() => undefined)),
    });
    const transport = { ...inner, client: (id: string) => silent(inner.client(id)) };
    await expect(scoredRun({ plan: every(1), transport, signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('scores at the sites under a price', () => {
  it('are refused before round 0 where nothing pays for them', async () => {
    const plan = every(2, { privacy: examplePrivacy });
    const mechanisms = [fakeMechanism()];
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms }));
    const run = runFederation(exampleFederation({ plan, mechanisms, accountant: fakeAccountant, transport }));
    await expect(run).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'evaluation' });
  });

  it('are refused before round 0 where they can not be priced', async () => {
    const mechanisms = [paying({ evaluationEvent: () => ({ type: 'poisson-sampled', samplingProbability: 1, event: fakeEvent }) })]; // prettier-ignore
    const transport = inMemoryTransport(sites(paid(), { mechanisms }));
    const run = scoredRun({ plan: paid(), mechanisms, accountant: fakeAccountant, transport });
    await expect(run).rejects.toMatchObject({ code: 'EVENT_UNSUPPORTED', subject: 'privacy.accountant' });
  });

  it('are charged to every site, at the site and at the server, and protected by the mechanism', async () => {
    const charges: [number, unknown][] = [];
    const ledger = { charge: async ({ round, event }: { round: number; event: unknown }) => void charges.push([round, event]) }; // prettier-ignore
    const evaluated = { type: 'gaussian', noiseMultiplier: 20 } as const;
    const onEvaluate: PrivacyMechanism['onEvaluate'] = (result, { clientId, round, noise }) => ({
      ...result,
      metrics: { first: round, seeded: Number(noise.simulationOnly), own: Number(clientId.at(-1)) },
    });
    const mechanisms = [paying({ evaluationEvent: () => evaluated, onEvaluate })];
    const audit = memoryAuditSink();
    const plan = paid({ privacy: { ...examplePrivacy, budget: { epsilon: 1 } } });
    const transport = inMemoryTransport(sites(plan, { mechanisms, ledger }));
    const { rounds, privacy } = await scoredRun({ plan, mechanisms, accountant: fakeAccountant, transport, audit });
    expect(scoredRounds(rounds)).toEqual([1, 2]);
    expect(rounds[2]!.siteScores!.metrics).toEqual({ first: 2, seeded: 1, own: 2 });
    expect(rounds[2]!.siteScores!.perSite.map(({ records }) => records)).toEqual([1, 1, 1]); // counts are not told
    expect(privacy!.perClient.map(({ epsilon }) => epsilon!.toFixed(3))).toEqual(Array(3).fill('0.400'));
    expect(charges.filter(([round]) => round === 2)).toEqual([...Array(3).fill([2, fakeEvent]), ...Array(3).fill([2, evaluated])]); // prettier-ignore
    expect(privacy!.withheld).not.toContain('evaluation at the sites');
    expect(audit.events.filter(({ type }) => type === 'evaluation').map(({ details }) => details['spent'])).toEqual([evaluated, evaluated]); // prettier-ignore
  });

  it('that would go beyond the budget are not asked for', async () => {
    const mechanisms = [paying()];
    const plan = paid({ rounds: 1, privacy: { ...examplePrivacy, budget: { epsilon: 0.15 } } });
    const evaluate = vi.fn();
    const inner = inMemoryTransport(sites(plan, { mechanisms }));
    const transport = { ...inner, client: (id: string) => ({ ...inner.client(id), evaluate }) };
    const run = scoredRun({ plan, mechanisms, accountant: fakeAccountant, transport });
    await expect(run).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    expect(evaluate).not.toHaveBeenCalled();
  });

  it('with secret noise have their charge in the checkpoint before anybody is asked', async () => {
    const checkpoints = memoryCheckpointStore();
    const mechanisms = [paying()];
    const plan = paid({ rounds: 1 });
    const inner = inMemoryTransport(sites(plan, { mechanisms, randomness: secretRandomness() }));
    const seen: unknown[] = [];
    const transport = { ...inner, client: (id: string): Client => ({ ...inner.client(id), evaluate: async (...given) => { const { state } = (await checkpoints.load('run-1'))!; seen.push((state as { spent: Record<string, unknown> }).spent[id]); return inner.client(id).evaluate(...given); } }) }; // prettier-ignore
    const { simulationOnly: _, noise: __, ...federation } = exampleFederation({ plan, mechanisms, accountant: fakeAccountant, transport, checkpoints }); // prettier-ignore
    void [_, __];
    await runFederation(federation);
    expect(seen).toEqual(Array(3).fill({ type: 'repeated', event: fakeEvent, count: 2 }));
  });
});

describe('a site that is asked for scores', () => {
  const plan = paid();
  const { cohort: _cohort, instructions: _instructions, ...task } = exampleTask({ planHash: planHash(plan) });
  const siteOf = (changes: Partial<SiteOptions> = {}) =>
    exampleSite('a', { plan, mechanisms: [paying()], testData: exampleData(4), metrics, ...changes });
  const secret = { randomness: secretRandomness() };

  it('with secret noise and no ledger gives them once: asked the same again it says the same again', async () => {
    let noise = 0;
    const noisy = paying({ onEvaluate: (result) => ({ ...result, metrics: { auc: noise++ } }) });
    const site = siteOf({ ...secret, mechanisms: [noisy] });
    const first = await site.evaluate(task, neverFired);
    for (let i = 0; i < 5; i++) expect(await site.evaluate(task, neverFired)).toEqual(first);
    const other = { ...task, payload: createParameters(task.payload.layout, new Float32Array(8).fill(1)) };
    await expect(site.evaluate(other, neverFired)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' });
    await site.evaluate({ ...task, round: 1 }, neverFired);
    expect(noise).toBe(2);
    await site.answer(exampleTask({ planHash: planHash(plan) }), neverFired); // which is counted by itself
  });

  it('may be asked again where it was stopped', async () => {
    const predict = vi.fn(fakeTrainer().predict);
    predict.mockRejectedValueOnce(new FedwardError('ABORTED', 'stopped'));
    const site = siteOf({ ...secret, trainer: fakeTrainer({ predict }) });
    await expect(site.evaluate(task, neverFired)).rejects.toMatchObject({ code: 'ABORTED' });
    await site.evaluate(task, neverFired);
  });

  it('does not say why it failed, which may tell of the data', async () => {
    const error = new Error('row 7');
    const onFailure = vi.fn();
    const trainer = fakeTrainer({ predict: () => Promise.reject(error) });
    const site = siteOf({ ...secret, trainer, onFailure });
    await expect(site.evaluate(task, neverFired)).rejects.toMatchObject({
      ...{ code: 'CLIENT_FAILED', message: 'a failed at its evaluation; the reason stays at the site' },
    });
    expect(onFailure).toHaveBeenCalledWith(error, { runId: 'run-1', round: 0 });
  });

  it.each<[string, string, object, Partial<SiteOptions>]>([
    ['under another plan', 'PLAN_NOT_APPROVED', { planHash: 'other' }, {}],
    ['of a round that is not in it', 'PLAN_NOT_APPROVED', { round: 3 }, {}],
    ['of a model that is none', 'TASK_INVALID', { payload: null }, {}],
    ['where nothing pays for them', 'CONFIG_INCOMPATIBLE', {}, { mechanisms: [fakeMechanism()] }],
    ['of a part that it does not have', 'CONFIG_INVALID', {}, { testData: undefined as never }],
  ])('%s refuses with %s, charges nothing, and writes that down', async (_, code, changes, options) => {
    const charge = vi.fn();
    const audit = memoryAuditSink();
    const site = siteOf({ audit, ledger: { charge }, ...options });
    await expect(site.evaluate({ ...task, ...changes }, neverFired)).rejects.toMatchObject({ code });
    expect(charge).not.toHaveBeenCalled();
    expect(audit.events).toMatchObject([{ type: 'refusal', details: { code } }]);
  });
});

function exampleAnswer(clientId: string, baseRound: number) {
  const payload = createParameters(exampleTask().payload.layout);
  return { clientId, baseRound, payload, weight: 1, metrics: {}, spent: [], simulationOnly: true };
}

describe('what scores cost', () => {
  it('is in the epsilon of the round that they are of', async () => {
    const plan = paid();
    const { rounds, privacy } = await scoredRun({ plan, mechanisms: [paying()], accountant: fakeAccountant }, { mechanisms: [paying()] }); // prettier-ignore
    // A tenth a round, and one more for scores after the second and the last.
    expect(rounds.map(({ epsilon }) => epsilon!.toFixed(3))).toEqual(['0.100', '0.300', '0.500']);
    expect(rounds.at(-1)!.epsilon).toBe(privacy!.epsilon);
  });

  it('is charged to all that are asked, also where others have come since', async () => {
    const plan = paid({ rounds: 1, evaluation: { every: 1 } });
    const mechanisms = [paying()];
    const all = sites(plan, { mechanisms });
    const evaluated: string[] = [];
    const inner = inMemoryTransport(all.map((site) => ({ ...site, evaluate: async (...given: Parameters<Client['evaluate']>) => (evaluated.push(site.id), site.evaluate(...given)) }))); // prettier-ignore
    let there = 2;
    const transport = { ...inner, clients: () => inner.clients().slice(0, there) };
    const store = memoryCheckpointStore();
    const checkpoints = {
      ...store,
      save: async (...given: Parameters<typeof store.save>) => {
        await store.save(...given);
        if (given[0].nextRound === 1 && given[0].charged) there = 3;
      },
    };
    const changes = { plan, mechanisms, transport, checkpoints, accountant: fakeAccountant, simulationOnly: false };
    const { privacy } = await scoredRun(changes);
    expect([there, evaluated]).toEqual([3, ['hospital-1', 'hospital-2']]);
    expect(privacy!.perClient.map(({ epsilon }) => epsilon)).toEqual([0.2, 0.2, 0]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { AuditEvent } from '../interfaces/audit.js';
import type { EvaluateTask, Task } from '../interfaces/messages.js';
import type { ClientStateKey } from '../interfaces/stores.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryClientStore } from '../memory/stores.js';
import { planHash } from '../plan/plan.js';
import { secretRandomness } from '../random/randomness.js';
import { exampleData, exampleSite, exampleTask, fakeEvent, fakeMechanism, neverFired } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { countingStrategy, strategyThat, willingTrainer } from '../testing/strategies.js';
import type { SiteOptions } from './options.js';
import { changeOf, modelOf } from './train-and-subtract.js';

const plan = examplePlan({ rounds: 50, privacy: examplePrivacy });
const scored = examplePlan({ rounds: 50, privacy: examplePrivacy, evaluation: { every: 1 } });
const paying = fakeMechanism({ evaluationEvent: () => fakeEvent, onEvaluate: (result) => result });
const taskOf = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(plan), ...changes });
const secret: Partial<SiteOptions> = {
  plan,
  mechanisms: [fakeMechanism()],
  randomness: secretRandomness(),
  trainer: willingTrainer(),
};
const metrics: SiteOptions['metrics'] = (outputs) => ({ first: outputs[0]! });
const personal = strategyThat(
  async ({ sent, trainHere }) => {
    const model = modelOf(sent);
    return { update: changeOf(model, model), state: (await trainHere(model)).payload.values };
  },
  { personalModel: ({ sent, state }) => ({ ...modelOf(sent), values: (state as Float32Array | null) ?? modelOf(sent).values }) }, // prettier-ignore
);

describe('what a price does not pay for', () => {
  it('is kept from a strategy: the loss of a training whose gradients are protected', async () => {
    const seen: unknown[] = [];
    const strategy = strategyThat(async ({ sent, train }) => {
      const trained = await train(modelOf(sent));
      seen.push(trained.metrics);
      return { update: changeOf(trained.payload, modelOf(sent)) };
    });
    await exampleSite('a', { ...secret, strategy }).answer(taskOf(), neverFired);
    const open = examplePlan();
    const site = exampleSite('a', { plan: open, strategy, trainer: willingTrainer() });
    await site.answer(exampleTask({ planHash: planHash(open) }), neverFired);
    expect(seen).toEqual([{}, { loss: 1 }]);
  });

  it('is not told by scores of a personal model, which a training made that nothing protects', async () => {
    const refused = { code: 'CONFIG_INCOMPATIBLE', subject: 'evaluation' };
    const options = { ...secret, mechanisms: [paying], strategy: personal, testData: exampleData(3, 3), metrics };
    expect(() => exampleSite('a', { ...options, plan: scored })).toThrow(expect.objectContaining(refused));
    const site = exampleSite('a', options); // the plan asks for no scores, and the server does
    await site.answer(taskOf(), neverFired);
    const { cohort: _c, instructions: _i, ...rest } = taskOf({ taken: 0 });
    await expect(site.evaluate(rest satisfies EvaluateTask, neverFired)).rejects.toMatchObject(refused);
  });

  it('is in no scores of a test part whose records hang on one another', () => {
    const testData = { ...exampleData(3, 3), sharedStatistics: 'their own mean and deviation' };
    const make = (changes: Partial<SiteOptions>) => exampleSite('a', { ...secret, testData, metrics, ...changes });
    expect(() => make({ mechanisms: [paying] })).toThrow(expect.objectContaining({ subject: 'testData.sharedStatistics' })); // prettier-ignore
    make({}); // nobody pays for scores: there will be none
    make({ plan: examplePlan(), mechanisms: [] });
    const hospital = examplePlan({ privacy: { ...examplePrivacy, unit: 'hospital' } });
    make({ plan: hospital, mechanisms: [paying] });
  });

  it('is not charged to whom nobody waits for', async () => {
    const charge = vi.fn(async () => undefined);
    const site = exampleSite('a', { ...secret, ledger: { charge } });
    await expect(site.answer(taskOf(), AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    const stop = new AbortController();
    const slow = exampleSite('a', {
      ...{ ...secret, ledger: { charge } },
      data: async () => {
        stop.abort();
        return exampleData(10);
      },
    });
    await expect(slow.answer(taskOf(), stop.signal)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(charge).not.toHaveBeenCalled();
  });
});

describe('the log of a site', () => {
  const logged = async (changes: object): Promise<AuditEvent> => {
    const audit = memoryAuditSink();
    const site = exampleSite('a', { ...secret, audit });
    await expect(site.answer(taskOf(changes), neverFired)).rejects.toMatchObject({ name: 'FedwardError' });
    expect(audit.events).toHaveLength(1);
    return audit.events[0]!;
  };
  const huge = 'x'.repeat(1_000_000);

  it.each<[string, object]>([
    ['a plan', { planHash: huge }],
    ['a run', { runId: huge, planHash: '' }],
    ['an instruction', { instructions: { [huge]: 1 } }],
    ['a round', { round: { [huge]: huge } }],
  ])('does not grow by what a server names at length: %s', async (_, changes) => {
    expect(JSON.stringify(await logged(changes)).length).toBeLessThan(3000);
  });

  it.each<[string, object, Partial<AuditEvent>]>([
    ['half a character', { runId: '\ud800', planHash: '' }, { runId: '\ufffd', round: 0 }],
    ['a number', { runId: 7n, planHash: '' }, { runId: '', round: 0 }],
    ['nothing', { runId: undefined, planHash: '' }, { runId: '', round: 0 }],
  ])('has the refusal of a run that is %s', async (_, changes, expected) => {
    expect(await logged(changes)).toMatchObject({ type: 'refusal', details: { code: 'PLAN_NOT_APPROVED' }, ...expected }); // prettier-ignore
  });

  it('has the refusal of what is no round, without a round', async () => {
    for (const round of [-1, 0.5, NaN, '0', null]) expect(await logged({ round })).not.toHaveProperty('round');
  });
});

describe('what a strategy remembers', () => {
  const key: ClientStateKey = { runId: 'run-1', clientId: 'a', strategy: 'mean' };
  const kept = async (store: ReturnType<typeof memoryClientStore>): Promise<number[]> => {
    const found = await Promise.all(Array.from({ length: 50 }, (_, round) => store.load(key, round)));
    return found.flatMap((state, round) => (state === undefined ? [] : [round]));
  };
  const open = examplePlan({ rounds: 50 });
  const siteWith = (store: ReturnType<typeof memoryClientStore>, changes: Partial<SiteOptions> = {}) =>
    exampleSite('a', { plan: open, store, strategy: countingStrategy(), trainer: willingTrainer(), ...changes });
  const task = (round: number, taken: number | null) => exampleTask({ planHash: planHash(open), round, taken });

  it('does not grow with rounds whose update was never taken', async () => {
    const store = memoryClientStore();
    const site = siteWith(store);
    for (let round = 0; round < 20; round++) await site.answer(task(round, null), neverFired);
    expect(await kept(store)).toEqual([19]);
    for (let round = 20; round < 40; round++) await site.answer(task(round, 19), neverFired);
    expect(await kept(store)).toEqual([19, 39]);
    const { payload } = await site.answer(task(40, 19), neverFired);
    expect(payload.values).toHaveLength(8);
  });

  it('is not written by a training that was stopped, which may end after the one that took its place', async () => {
    const store = memoryClientStore();
    const ends: (() => void)[] = [];
    const trainer = willingTrainer();
    const train: typeof trainer.train = async (...order) => {
      await new Promise<void>((end) => ends.push(end));
      return trainer.train(...order);
    };
    const onClient = vi.fn((update) => update);
    const masked = examplePlan({ rounds: 50, privacy: { mechanisms: [{ name: 'fake' }] } });
    const { adjacency: _, event: __, gradient: ___, ...bare } = fakeMechanism();
    const mechanisms = [{ ...bare, onClient }];
    const site = siteWith(store, { plan: masked, mechanisms, trainer: { ...trainer, train } });
    const asked = exampleTask({ planHash: planHash(masked) });
    const stop = new AbortController();
    const stopped = site.answer(asked, stop.signal);
    await vi.waitFor(() => expect(ends).toHaveLength(1));
    stop.abort();
    ends[0]!();
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect([await kept(store), onClient.mock.calls]).toEqual([[], []]);
  });
});

describe('a task whose tensors lie elsewhere than they say', () => {
  it.each<[string, (tensor: { offset: number; size: number }) => object]>([
    ['begin late', ({ offset }) => ({ offset: offset + 1 })],
    ['begin early', ({ offset }) => ({ offset: offset - 1 })],
    ['are of another size than their shape', ({ size }) => ({ size: size + 1 })],
  ])('and %s is refused', async (_, change) => {
    const { payload } = taskOf();
    const [first, second] = payload.layout.tensors;
    const layout = { ...payload.layout, tensors: [first!, { ...second!, ...change(second!) }] };
    const site = exampleSite('a', secret);
    await expect(site.answer(taskOf({ payload: { ...payload, layout } }), neverFired)).rejects.toMatchObject({
      code: 'TASK_INVALID',
      subject: 'a',
      message: expect.stringContaining(`tensor ${second!.name} is out of place`) as string,
    });
  });
});

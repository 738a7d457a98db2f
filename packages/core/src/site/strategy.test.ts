import { describe, expect, it, vi } from 'vitest';
import type { Task } from '../interfaces/messages.js';
import type { SiteStrategy, StrategyContext } from '../interfaces/strategy.js';
import type { Applied, TrainingWishes } from '../interfaces/trainer.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryClientStore } from '../memory/stores.js';
import { createParameters, copyTensors } from '../parameters/parameters.js';
import { planHash } from '../plan/plan.js';
import { exampleLayout, exampleSite, exampleTask, fakeMechanism, neverFired } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { countingStrategy, countOf, strategyThat, willingTrainer } from '../testing/strategies.js';
import type { SiteOptions } from './options.js';
import { changeOf, modelOf } from './train-and-subtract.js';

const plan = examplePlan();
const privatePlan = examplePlan({ privacy: examplePrivacy });
const taskOf = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(plan), ...changes });
const privateTask = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(privatePlan), ...changes });
const siteWith = (strategy: SiteStrategy<never> | SiteStrategy, changes: Partial<SiteOptions> = {}) =>
  exampleSite('a', { trainer: willingTrainer(), strategy, ...changes });
const key = { runId: 'run-1', clientId: 'a', strategy: 'mean' };

describe("a site's half of a strategy", () => {
  it('gets what was sent, its own state and the task, and its update is what leaves', async () => {
    const contexts: StrategyContext[] = [];
    const update = createParameters(exampleLayout, new Float32Array(8).fill(7));
    const strategy = strategyThat(async (context) => (contexts.push(context), { update, metrics: { steps: 3 } }), {
      validateTask: () => undefined,
    });
    const task = taskOf({ round: 2, instructions: { of: 'its own' } });
    const answer = await siteWith(strategy).answer(task, neverFired);
    expect(answer).toMatchObject({ payload: update, metrics: { steps: 3 }, weight: 10 });
    expect(contexts[0]).toMatchObject({
      ...{ clientId: 'a', runId: 'run-1', round: 2, cohort: task.cohort, instructions: { of: 'its own' }, state: null },
    });
    expect(contexts[0]!.sent).toBe(task.payload);
    expect(contexts[0]!.model).toEqual(exampleLayout);
    expect(contexts[0]!.data.count).toBe(10);
  });

  it('may train as often as it likes where nothing has a price, each time from where it says', async () => {
    const strategy = strategyThat(async ({ sent, train }) => {
      const model = modelOf(sent);
      const once = await train(model);
      return { update: changeOf((await train(once.payload)).payload, model) };
    });
    const { payload, metrics } = await siteWith(strategy).answer(taskOf(), neverFired);
    expect([...payload.values]).toEqual(Array(8).fill(0.75)); // half way to 1, and half way again
    expect(metrics).toEqual({ loss: 1 });
  });

  it('has its state stored by run, client and strategy', async () => {
    const store = memoryClientStore();
    const siteOf = (id: string, changes: Partial<SiteOptions> = {}) =>
      exampleSite(id, { trainer: willingTrainer(), strategy: countingStrategy(), store, ...changes });
    await siteOf('a').answer(taskOf(), neverFired);
    await siteOf('a').answer(taskOf({ round: 1, taken: 0 }), neverFired);
    await siteOf('b').answer(taskOf(), neverFired);
    await siteOf('a').answer(taskOf({ runId: 'run-2', round: 2, taken: 1 }), neverFired);
    const other = examplePlan({ aggregator: { name: 'other' } });
    const strategy = countingStrategy({ name: 'other' });
    const hash = planHash(other);
    await siteOf('a', { plan: other, strategy }).answer(taskOf({ planHash: hash, round: 3, taken: 1 }), neverFired);
    const counts = await Promise.all([
      store.load(key, 1),
      store.load({ ...key, clientId: 'b' }, 0),
      store.load({ ...key, runId: 'run-2' }, 2), // another study: its round 1 was never answered here
      store.load({ ...key, strategy: 'other' }, 3),
    ]);
    expect(counts.map(countOf)).toEqual([2, 1, 1, 1]);
  });

  it('does not build upon an answer that was lost: the state is that of the update that was taken', async () => {
    const store = memoryClientStore();
    const site = siteWith(countingStrategy() as unknown as SiteStrategy, { store });
    const stateAfter = async (round: number, taken: number | null) => {
      await site.answer(taskOf({ round, taken }), neverFired);
      return countOf(await store.load(key, round));
    };
    expect(await stateAfter(0, null)).toBe(1);
    expect(await stateAfter(1, 0)).toBe(2);
    expect(await stateAfter(2, 0)).toBe(2); // that of round 1 never arrived
    expect(await stateAfter(3, 2)).toBe(3);
    expect(await stateAfter(3, 2)).toBe(3); // round 3 again, as after a crash of the server
  });

  it('keeps what a server may still go back to, and lets go of what is older', async () => {
    const store = memoryClientStore();
    const site = siteWith(countingStrategy() as unknown as SiteStrategy, { store });
    for (const [round, taken] of [[0, null], [1, 0], [2, 1]] as const) await site.answer(taskOf({ round, taken }), neverFired); // prettier-ignore
    expect(await store.load(key, 0)).toBeUndefined();
    expect(countOf(await store.load(key, 1))).toBe(2);
  });

  it('that remembers nothing has nothing stored', async () => {
    const store = memoryClientStore();
    const save = vi.spyOn(store, 'save');
    const strategy = strategyThat(async ({ sent }) => ({ update: copyTensors(sent) }));
    await siteWith(strategy, { store }).answer(taskOf(), neverFired);
    expect(save).not.toHaveBeenCalled();
  });

  it('sends nothing that could not be remembered', async () => {
    const store = { ...memoryClientStore(), save: () => Promise.reject(new Error('disk full')) };
    const audit = memoryAuditSink();
    const site = siteWith(countingStrategy() as unknown as SiteStrategy, { store, audit });
    await expect(site.answer(taskOf(), neverFired)).rejects.toThrow('disk full');
    expect(audit.events).toEqual([]);
  });

  it('draws from a stream of its own: how much it draws changes no training', async () => {
    const drawing = (draws: number) =>
      strategyThat(async ({ sent, random, train }) => {
        for (let i = 0; i < draws; i++) random.normal();
        return { update: changeOf((await train(modelOf(sent))).payload, modelOf(sent)) };
      });
    const values = async (draws: number) =>
      (await exampleSite('a', { strategy: drawing(draws) }).answer(taskOf(), neverFired)).payload.values;
    expect(await values(5)).toEqual(await values(0));
  });
});

describe('under a price of the gradients of a training', () => {
  const priced = (answer: SiteStrategy['answer']) =>
    siteWith(strategyThat(answer), { plan: privatePlan, mechanisms: [fakeMechanism()] });
  const refused = { code: 'CONFIG_INCOMPATIBLE', subject: 'aggregator.name' };

  it('a strategy trains once: a second training is refused, and nothing is sent', async () => {
    const site = priced(async ({ sent, train }) => {
      await train(modelOf(sent));
      return { update: (await train(modelOf(sent))).payload };
    });
    await expect(site.answer(privateTask(), neverFired)).rejects.toMatchObject(refused);
  });

  it('a strategy trains by the plan: other settings are refused', async () => {
    const batches = { kind: 'steps', size: 1, steps: 1 } as const;
    const answer: SiteStrategy['answer'] = async ({ sent, train }) => ({
      update: (await train(modelOf(sent), {}, { batches })).payload,
    });
    await expect(priced(answer).answer(privateTask(), neverFired)).rejects.toMatchObject(refused);
    const train = vi.fn(willingTrainer().train);
    await siteWith(strategyThat(answer), { trainer: willingTrainer({ train }) }).answer(taskOf(), neverFired);
    expect(train.mock.calls[0]![2].plan.training.batches).toEqual(batches);
  });

  it('a strategy that says that it trains twice is refused before any round', () => {
    const twice = (plan = privatePlan) =>
      siteWith(strategyThat(() => Promise.reject(new Error('never asked')), { trainings: 2 }), { plan, mechanisms: [fakeMechanism()] }); // prettier-ignore
    expect(() => twice()).toThrow(expect.objectContaining(refused));
  });

  it('a strategy does not read the records itself', async () => {
    const reading = priced(async ({ sent, data }) => ({ update: createParameters(exampleLayout, new Float32Array(8).fill(data.count)), metrics: { n: sent.values.length } })); // prettier-ignore
    await expect(reading.answer(privateTask(), neverFired)).rejects.toMatchObject(refused);
  });

  it('a training that stays here is neither counted nor protected, and that which leaves is protected', async () => {
    const asked: unknown[] = [];
    const train = vi.fn(willingTrainer().train);
    const strategy = strategyThat(async ({ sent, train, trainHere }) => {
      const own = await trainHere(modelOf(sent));
      await trainHere(own.payload, { proximalMu: 2 });
      return { update: changeOf((await train(modelOf(sent))).payload, modelOf(sent)), state: own.payload.values };
    });
    const trainer = willingTrainer({ train: (...given) => (asked.push(given[2].gradientPrivacy), train(...given)) });
    const site = siteWith(strategy, { plan: privatePlan, mechanisms: [fakeMechanism()], trainer });
    const { payload } = await site.answer(privateTask(), neverFired);
    expect(asked).toEqual([undefined, undefined, { clip: 'per-example', clipNorm: 1, noiseMultiplier: 0.01 }]);
    expect([...payload.values]).toEqual(Array(8).fill(0.5));
  });
});

describe('trainings that stay here', () => {
  it('have randomness of their own: each another, and none that of the training that leaves', async () => {
    const keys: string[] = [];
    const { train } = willingTrainer();
    const trainer = willingTrainer({
      train: (...given) => (keys.push(Buffer.from(given[2].random.key().buffer).toString('hex')), train(...given)),
    });
    const strategy = strategyThat(async ({ sent, train, trainHere }) => {
      for (let i = 0; i < 2; i++) await trainHere(modelOf(sent));
      await train(modelOf(sent));
      return { update: copyTensors(sent) };
    });
    await siteWith(strategy, { trainer }).answer(taskOf(), neverFired);
    expect(new Set(keys).size).toBe(3);
    const [first, second, leaving] = keys;
    await siteWith(strategyThat(async ({ sent, train }) => (await train(modelOf(sent)), { update: copyTensors(sent) })), { trainer }).answer(taskOf(), neverFired); // prettier-ignore
    expect(keys[3]).toBe(leaving);
    expect([first, second]).not.toContain(leaving);
  });
});

describe('a strategy is refused', () => {
  it('where the plan names another aggregator', () => {
    expect(() => siteWith(strategyThat(async ({ sent }) => ({ update: sent }), { name: 'scaffold' }))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'aggregator.name',
        message: expect.stringMatching(/names aggregator mean, the site has the strategy scaffold/) as string,
      }),
    );
  });

  it('where the trainer does not provide what it needs, by name', () => {
    const strategy = strategyThat(async ({ sent }) => ({ update: sent }), { requires: ['correction'] });
    const make = (provides: readonly string[]) => () => siteWith(strategy, { trainer: willingTrainer({ provides }) });
    expect(make(['proximal-term'])).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'training.trainer',
        message: expect.stringMatching(/strategy mean needs correction, which trainer fake/) as string,
      }),
    );
    expect(make(['correction'])).not.toThrow();
  });

  it('where it can not work under the plan', () => {
    const validate = () => {
      throw new Error('needs momentum');
    };
    expect(() => siteWith(strategyThat(async ({ sent }) => ({ update: sent }), { validate }))).toThrow(
      'needs momentum',
    );
  });

  it.each<[string, TrainingWishes]>([
    ['proximal-term', { proximalMu: 1 }],
    ['frozen-tensors', { frozen: ['0.dense.bias'] }],
    ['correction', { correction: new Float32Array(8) }],
    ['private-tensors', { privateTensors: { '0.dense.bias': null } }],
  ])('when it wishes for %s and the trainer does not provide it: nothing is trained', async (capability, wishes) => {
    const train = vi.fn();
    const all = ['proximal-term', 'frozen-tensors', 'correction', 'private-tensors'];
    const provides = all.filter((other) => other !== capability);
    for (const here of [false, true]) {
      const strategy = strategyThat(async ({ sent, train, trainHere }) => ({
        update: (await (here ? trainHere : train)(modelOf(sent), wishes)).payload,
      }));
      const site = siteWith(strategy, { trainer: willingTrainer({ provides, train }) });
      const answer = site.answer(taskOf(), neverFired);
      await expect(answer).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
      await expect(answer).rejects.toThrow(`mean asks for ${capability}, which trainer fake does not provide`);
    }
    expect(train).not.toHaveBeenCalled();
  });
});

describe('a trainer that did not grant what it was asked sends nothing', () => {
  const values = Float32Array.of(1, 2);
  const wishes: TrainingWishes = {
    ...{ proximalMu: 0.5, frozen: ['0.dense.kernel'], correction: new Float32Array(8) },
    privateTensors: { '0.dense.bias': values },
  };
  const asking = strategyThat(async ({ sent, train }) => ({ update: (await train(modelOf(sent), wishes)).payload }));

  it('and one that did sends its update', async () => {
    const { payload } = await siteWith(asking).answer(taskOf(), neverFired);
    expect(payload.values.subarray(6)).toEqual(Float32Array.of(0, 0)); // private, and so as it came
  });

  it.each<[keyof Applied, Partial<Record<keyof Applied, unknown>>, RegExp]>([
    ['proximalMu', { proximalMu: 0.25 }, /proximal term 0.5 .* proximal term 0.25/],
    ['proximalMu', { proximalMu: undefined }, /proximal term 0.5 .* no proximal term/],
    ['frozen', { frozen: ['0.dense.bias'] }, /frozen tensors 0.dense.kernel .* frozen tensors 0.dense.bias/],
    ['frozen', { frozen: undefined }, /no frozen tensors/],
    ['correction', { correction: undefined }, /a correction .* no correction/],
    ['privateTensors', { privateTensors: undefined }, /private tensors 0.dense.bias .* no private tensors/],
    ['gradientPrivacy', { gradientPrivacy: { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 } }, /no clipping .* per-example clipping/], // prettier-ignore
  ])('where `applied.%s` differs: %j', async (_, changes, message) => {
    const { train } = willingTrainer();
    const trainer = willingTrainer({
      async train(...given) {
        const trained = await train(...given);
        const applied = Object.entries({ ...trained.applied, ...changes }).filter(([, value]) => value !== undefined);
        return { ...trained, applied: Object.fromEntries(applied) as Applied };
      },
    });
    const audit = memoryAuditSink();
    const answer = siteWith(asking, { trainer, audit }).answer(taskOf(), neverFired);
    await expect(answer).rejects.toMatchObject({ code: 'CLIENT_FAILED', subject: 'fake' });
    await expect(answer).rejects.toThrow(message);
    expect(audit.events).toEqual([]);
  });
});

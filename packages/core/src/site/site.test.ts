import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Task } from '../interfaces/messages.js';
import type { LocalTrainer } from '../interfaces/trainer.js';
import type { AuditSink } from '../interfaces/audit.js';
import { memoryAuditSink } from '../memory/audit.js';
import { secretRandomness, simulatedRandomness } from '../random/randomness.js';
import type { PrivacyUnit } from '../privacy/events.js';
import { planHash } from '../plan/plan.js';
import {
  exampleData,
  exampleLayout,
  exampleSite,
  exampleTask,
  fakeAccountant,
  fakeEvent,
  fakeMechanism,
  fakeTrainer,
  neverFired,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { memoryLedger } from './ledger.js';
import type { SiteOptions } from './options.js';
import { createSite, siteFactory } from './site.js';

const plan = examplePlan();
const privatePlan = examplePlan({ privacy: examplePrivacy });
const priced: Partial<SiteOptions> = { plan: privatePlan, mechanisms: [fakeMechanism()] };
const taskOf = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(plan), ...changes });
const privateTask = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(privatePlan), ...changes });
const ledgerOf = (budget: number) =>
  memoryLedger({ clientId: 'a', accountant: fakeAccountant, adjacency: 'add-or-remove-one', delta: 1e-5, budget });

describe('a site', () => {
  it('trains, and tells its number of records and its metrics where nothing has a price', async () => {
    const update = await exampleSite('a').answer(taskOf({ round: 2 }), neverFired);
    expect(update).toMatchObject({
      clientId: 'a',
      baseRound: 2,
      weight: 10,
      metrics: { loss: 10 / 3 },
      spent: [],
      simulationOnly: false,
    });
    expect(update.payload.layout).toEqual(exampleLayout);
  });

  it('gives its trainer the plan, the wishes, its own randomness, and what every step must do', async () => {
    const train = vi.fn<LocalTrainer['train']>(async (payload, data, context, signal) => {
      const { applied, ...trained } = await fakeTrainer().train(payload, data, context, signal);
      const { proximalMu } = context.wishes;
      return { ...trained, applied: { ...applied, ...(proximalMu !== undefined && { proximalMu }) } };
    });
    const provides = ['per-example-clipping', 'proximal-term'];
    const site = exampleSite('a', { ...priced, trainer: fakeTrainer({ train, provides }) });
    const task = privateTask({ round: 1, instructions: { proximalMu: 0.1 } });
    await site.answer(task, neverFired);
    const [payload, data, context, signal] = train.mock.calls[0]!;
    expect(payload).toEqual(task.payload);
    expect(data.count).toBe(10);
    expect(signal).toBe(neverFired);
    expect(context).toMatchObject({
      clientId: 'a',
      runId: 'run-1',
      round: 1,
      plan: privatePlan,
      wishes: { proximalMu: 0.1 },
      gradientPrivacy: { clip: 'per-example', clipNorm: 1, noiseMultiplier: 0.01 },
    });
    // The trainer has drawn from its streams, so they are compared by what they say of themselves.
    expect(context.noise.simulationOnly).toBe(true);
    await exampleSite('a', { trainer: fakeTrainer({ train }) }).answer(taskOf(), neverFired);
    expect(train.mock.calls[1]![2]).not.toHaveProperty('gradientPrivacy');
  });

  it('draws by client and round, so that a round run again is the same', async () => {
    const values = async (id: string, round: number) =>
      (await exampleSite(id, priced).answer(privateTask({ round }), neverFired)).payload.values;
    expect(await values('a', 1)).toEqual(await values('a', 1));
    expect(await values('a', 1)).not.toEqual(await values('a', 2));
    expect(await values('a', 1)).not.toEqual(await values('b', 1));
  });

  it('takes its randomness by its id and the round', async () => {
    const randomness = simulatedRandomness(1);
    const [random, noise] = [vi.spyOn(randomness, 'random'), vi.spyOn(randomness, 'noise')];
    const train = vi.fn(fakeTrainer().train);
    await exampleSite('a', { randomness, trainer: fakeTrainer({ train }) }).answer(taskOf({ round: 3 }), neverFired);
    const { random: given, noise: source } = train.mock.calls[0]![2];
    expect([random.mock.calls, noise.mock.calls]).toEqual([[['a', 3]], [['a', 3]]]);
    expect(random.mock.results[0]!.value).toBe(given);
    expect(noise.mock.results[0]!.value).toBe(source);
  });

  it('is secret by default', async () => {
    const fit = async () => {
      const options = { id: 'a', plan: privatePlan, data: exampleData(10), trainer: fakeTrainer() };
      return createSite({ ...options, mechanisms: [fakeMechanism()] }).answer(privateTask(), neverFired);
    };
    const [one, other] = [await fit(), await fit()];
    expect(one.simulationOnly).toBe(false);
    expect(one.payload.values).not.toEqual(other.payload.values);
  });

  describe('gate', () => {
    it.each<[string, Partial<Task>]>([
      ['another plan', { planHash: 'sha256:00' }],
      ['a round behind the last of the plan', { round: 4 }],
      ['a round before the first', { round: -1 }],
      ['a round that is none', { round: 0.5 }],
    ])('refuses %s, trains and charges nothing, and writes it down', async (_, changes) => {
      const [train, charge] = [vi.fn(), vi.fn()];
      const audit = memoryAuditSink();
      const site = exampleSite('a', { ...priced, trainer: fakeTrainer({ train }), ledger: { charge }, audit });
      await expect(site.answer(privateTask(changes), neverFired)).rejects.toMatchObject({
        code: 'PLAN_NOT_APPROVED',
        subject: 'a',
      });
      expect(train).not.toHaveBeenCalled();
      expect(charge).not.toHaveBeenCalled();
      expect(audit.events).toMatchObject([{ type: 'refusal', clientId: 'a', details: { code: 'PLAN_NOT_APPROVED' } }]);
      await expect(site.evaluate(privateTask(changes), neverFired)).rejects.toMatchObject({
        code: 'PLAN_NOT_APPROVED',
      });
    });
  });

  describe('ledger', () => {
    it('is charged before the training', async () => {
      const order: string[] = [];
      const charge = vi.fn(async () => void order.push('charge'));
      const { train } = fakeTrainer();
      const trainer = fakeTrainer({ train: (...given) => (order.push('train'), train(...given)) });
      const site = exampleSite('a', { ...priced, trainer, ledger: { charge } });
      await site.answer(privateTask({ round: 3 }), neverFired);
      expect(order).toEqual(['charge', 'train']);
      expect(charge).toHaveBeenCalledWith({
        planHash: planHash(privatePlan),
        runId: 'run-1',
        round: 3,
        unit: 'record',
        adjacency: 'add-or-remove-one',
        simulationOnly: true,
        event: fakeEvent,
      });
    });

    it('that refuses stops the training, and that is written down', async () => {
      const train = vi.fn(fakeTrainer().train);
      const audit = memoryAuditSink();
      const site = exampleSite('a', { ...priced, trainer: fakeTrainer({ train }), ledger: ledgerOf(0.15), audit });
      await site.answer(privateTask({ round: 0 }), neverFired);
      await expect(site.answer(privateTask({ round: 1 }), neverFired)).rejects.toMatchObject({
        code: 'BUDGET_EXCEEDED',
      });
      expect(train).toHaveBeenCalledTimes(1);
      expect(audit.events.map(({ type, round }) => [type, round])).toEqual([
        ['training', 0],
        ['refusal', 1],
      ]);
    });

    it('keeps its charge where the training fails', async () => {
      const ledger = ledgerOf(1);
      const trainer = fakeTrainer({ train: () => Promise.reject(new Error('out of memory')) });
      await expect(
        exampleSite('a', { ...priced, trainer, ledger }).answer(privateTask(), neverFired),
      ).rejects.toThrow();
      expect(ledger.spent).toEqual(fakeEvent);
    });

    it('is not charged where nothing has a price', async () => {
      const charge = vi.fn();
      await exampleSite('a', { ledger: { charge } }).answer(taskOf(), neverFired);
      expect(charge).not.toHaveBeenCalled();
    });
  });

  describe('under a mechanism with a price', () => {
    it('keeps its metrics and its number of records to itself, in the update and in the log', async () => {
      const audit = memoryAuditSink();
      const update = await exampleSite('a', { ...priced, audit }).answer(privateTask(), neverFired);
      expect(update).toMatchObject({ weight: 1, metrics: {}, spent: [fakeEvent], simulationOnly: true });
      expect(audit.events).toMatchObject([
        {
          type: 'training',
          clientId: 'a',
          round: 0,
          details: { samples: 'withheld', spent: fakeEvent, simulationOnly: true },
        },
      ]);
      expect(JSON.stringify([update, audit.events])).not.toContain('10,');
    });

    it('is made for patients only of data that say whose each record is', async () => {
      const { patientIds, ...nameless } = exampleData(10);
      const patients = examplePlan({ privacy: { ...examplePrivacy, unit: 'patient' } });
      const made = { plan: patients, mechanisms: [fakeMechanism()] };
      expect(() => exampleSite('a', { ...made, data: nameless })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.unit' }),
      );
      expect(() => exampleSite('a', { ...made, data: { ...nameless, patientIds: patientIds!.slice(1) } })).toThrow(
        expect.objectContaining({ code: 'DATA_MALFORMED', subject: 'patientIds' }),
      );
      expect(() => exampleSite('a', { ...priced, data: nameless })).not.toThrow(); // records stand for themselves
    });

    it('tells its number of records under replace-one of records, and not of patients', async () => {
      for (const [unit, weight, samples] of [
        ['record', 10, 10],
        ['patient', 1, 'withheld'],
      ] as const) {
        const audit = memoryAuditSink();
        const replace = examplePlan({ privacy: { ...examplePrivacy, unit } });
        const site = exampleSite('a', {
          plan: replace,
          mechanisms: [fakeMechanism({ adjacency: 'replace-one' })],
          audit,
        });
        const update = await site.answer(exampleTask({ planHash: planHash(replace) }), neverFired);
        expect(update).toMatchObject({ weight, metrics: {} });
        expect(audit.events[0]!.details).toMatchObject({ samples });
      }
    });

    it('does not say why its training failed, which may tell of the data', async () => {
      const error = new FedwardError('LABEL_INVALID', 'the label of row 7 is 3');
      const onFailure = vi.fn();
      const failing = { ...priced, onFailure, trainer: fakeTrainer({ train: () => Promise.reject(error) }) };
      const real = exampleSite('a', { ...failing, randomness: secretRandomness() });
      const refusal = (await real.answer(privateTask(), neverFired).catch((thrown: unknown) => thrown)) as FedwardError;
      expect(refusal).toMatchObject({ code: 'CLIENT_FAILED', subject: 'a' });
      expect(refusal.message).not.toMatch(/row|7|3/);
      // Not by another way either: a structured clone takes a cause with it.
      expect(inspect(structuredClone(refusal), { depth: 9 })).not.toContain('the label of row');
      expect(onFailure.mock.calls).toEqual([[error, { runId: 'run-1', round: 0 }]]);
      // A simulation protects nobody, and its user wants to know.
      const simulated = exampleSite('a', { ...failing, randomness: simulatedRandomness(1) });
      await expect(simulated.answer(privateTask(), neverFired)).rejects.toBe(error);
    });

    it.each<[PrivacyUnit, boolean]>([
      ['record', true],
      ['patient', true],
      ['hospital', false],
    ])('of a %s: examples that hang on one another are refused: %s', (unit, refused) => {
      const data = { ...exampleData(10), patientIds: Array<string>(10).fill('p') };
      const site = (statistics: { readonly sharedStatistics?: string }) => () =>
        exampleSite('a', {
          ...priced,
          plan: examplePlan({ privacy: { ...examplePrivacy, unit } }),
          data: { ...data, ...statistics },
        });
      expect(site({})).not.toThrow();
      const fitted = site({ sharedStatistics: 'their own mean' });
      const error = expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'data.sharedStatistics' });
      if (refused) expect(fitted).toThrow(error);
      else expect(fitted).not.toThrow();
    });

    it('does not evaluate', async () => {
      const site = exampleSite('a', { ...priced, testData: exampleData(4), metrics: () => ({ accuracy: 1 }) });
      await expect(site.evaluate(privateTask(), neverFired)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
    });
  });

  it('applies onClient in the order of the plan, after the training', async () => {
    const two = examplePlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'double' }, { name: 'add' }] } });
    const change = (name: string, f: (x: number) => number) => ({
      name,
      requires: [],
      onClient: (update: Parameters<NonNullable<ReturnType<typeof fakeMechanism>['onClient']>>[0]) => ({
        ...update,
        payload: { ...update.payload, values: update.payload.values.map(f) },
      }),
    });
    const train = fakeTrainer({
      train: async ({ layout }) => ({
        payload: { layout, values: new Float32Array(8).fill(3) },
        steps: 1,
        metrics: {},
      }),
    });
    const mechanisms = [change('double', (x) => 2 * x), change('add', (x) => x + 1)];
    const site = exampleSite('a', { plan: two, mechanisms, trainer: train });
    const { payload } = await site.answer(exampleTask({ planHash: planHash(two) }), neverFired);
    expect([...payload.values]).toEqual(Array(8).fill(7));
  });

  it('releases nothing that its log did not take', async () => {
    const release = vi.fn();
    const audit: AuditSink = {
      append: () => Promise.reject(new FedwardError('AUDIT_FAILED', 'disk full')),
      close: () => Promise.resolve(),
    };
    await exampleSite('a', { audit })
      .answer(taskOf(), neverFired)
      .then(release, (error: unknown) => expect(error).toMatchObject({ code: 'AUDIT_FAILED' }));
    expect(release).not.toHaveBeenCalled();
  });

  it('waits for its log', async () => {
    let written: () => void = () => undefined;
    let asked: () => void;
    const appending = new Promise<void>((resolve) => (asked = resolve));
    const audit: AuditSink = {
      append() {
        asked();
        return new Promise((resolve) => (written = () => resolve({ index: 0, root: '' })));
      },
      close: () => Promise.resolve(),
    };
    const released = vi.fn();
    const fitting = exampleSite('a', { audit }).answer(taskOf(), neverFired).then(released);
    await appending;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(released).not.toHaveBeenCalled();
    written();
    await fitting;
    expect(released).toHaveBeenCalledTimes(1);
  });

  it('evaluates on its own test data, where nothing has a price', async () => {
    const scored = examplePlan({ evaluation: { every: 1 } });
    const task = exampleTask({ planHash: planHash(scored) });
    const site = exampleSite('a', {
      plan: scored,
      testData: exampleData(4),
      metrics: (outputs, labels) => ({ outputs: outputs.length, positives: labels.reduce((sum, x) => sum + x, 0) }),
    });
    expect(await site.evaluate(task, neverFired)).toEqual({
      clientId: 'a',
      weight: 4,
      metrics: { outputs: 4, positives: 2 },
    });
    const without = exampleSite('a', { plan: scored });
    await expect(without.evaluate(task, neverFired)).rejects.toMatchObject({ subject: 'testData' });
    // A plan that it has approved says whether it scores at all.
    const other = exampleSite('a', { testData: exampleData(4), metrics: () => ({ auc: 1 }) });
    await expect(other.evaluate(taskOf(), neverFired)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' });
  });

  it.each<[string, string, Partial<SiteOptions>]>([
    ['without records', 'DATA_EMPTY', { data: exampleData(0) }],
    ['without the mechanisms of its plan', 'CONFIG_INCOMPATIBLE', { plan: privatePlan }],
    ['with another trainer than its plan names', 'CONFIG_INCOMPATIBLE', { trainer: fakeTrainer({ name: 'other' }) }],
    ['with a mechanism that its plan does not name', 'CONFIG_INCOMPATIBLE', { mechanisms: [fakeMechanism()] }],
    [
      'with a trainer that can not run its plan',
      'CONFIG_INCOMPATIBLE',
      {
        trainer: fakeTrainer({
          validate: () => {
            throw new FedwardError('CONFIG_INCOMPATIBLE', 'no convolutions');
          },
        }),
      },
    ],
  ])('is not made %s', (_, code, options) => {
    expect(() => exampleSite('a', options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('siteFactory', () => {
  const common = { plan, trainer: fakeTrainer(), randomness: simulatedRandomness(42) };

  it('makes sites like createSite, each with its own data, with the plan checked once', async () => {
    const validate = vi.fn();
    const trainer = fakeTrainer({ validate });
    const siteOf = siteFactory({ ...common, trainer });
    for (const [id, count] of [['a', 3] as const, ['b', 4] as const]) {
      const data = exampleData(count, count);
      const update = await siteOf({ id, data }).answer(taskOf(), neverFired);
      expect(update).toEqual(await createSite({ ...common, id, data }).answer(taskOf(), neverFired));
      expect(update.weight).toBe(count);
    }
    expect(validate).toHaveBeenCalledOnce();
    expect(() => siteOf({ id: 'c', data: exampleData(0) })).toThrow(
      expect.objectContaining({ code: 'DATA_EMPTY', subject: 'c' }),
    );
  });

  it('charges the ledger of the site that is asked', async () => {
    const siteOf = siteFactory({ ...common, plan: privatePlan, mechanisms: [fakeMechanism()] });
    const ledger = ledgerOf(1);
    await siteOf({ id: 'a', data: exampleData(3), ledger }).answer(privateTask(), neverFired);
    await siteOf({ id: 'b', data: exampleData(3) }).answer(privateTask(), neverFired);
    expect(ledger.spent).toEqual(fakeEvent);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Task } from '../interfaces/messages.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryAnswerStore } from '../memory/stores.js';
import { secretRandomness, simulatedRandomness } from '../random/randomness.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import { copyTensors, createParameters } from '../parameters/parameters.js';
import { planHash } from '../plan/plan.js';
import { exampleLayout, exampleSite, exampleTask, fakeMechanism, fakeTrainer, neverFired } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import type { SiteOptions } from './options.js';

const rounds = 4;
const plan = examplePlan({ rounds, privacy: examplePrivacy });
const secret: Partial<SiteOptions> = { plan, mechanisms: [fakeMechanism()], randomness: secretRandomness() };
const taskOf = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(plan), ...changes });
const other = createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(1));
const refused = { code: 'PLAN_NOT_APPROVED', subject: 'a' };

describe('a site without a ledger', () => {
  it('answers a round once: asked the same again it says the same again, asked anything else it refuses', async () => {
    const train = vi.fn(fakeTrainer().train);
    const audit = memoryAuditSink();
    const site = exampleSite('a', { ...secret, trainer: fakeTrainer({ train }), audit });
    const first = await site.answer(taskOf(), neverFired);
    const { head, ...kept } = structuredClone(first);
    first.payload.values.fill(0); // what was given away is not what is kept
    for (let i = 0; i < 60; i++) {
      const again = await site.answer(taskOf(), neverFired);
      expect(again).toEqual({ ...kept, head: { index: head!.index + 1 + i, root: again.head!.root } });
    }
    expect(train).toHaveBeenCalledTimes(1);
    await expect(site.answer(taskOf({ payload: other }), neverFired)).rejects.toMatchObject(refused);
    await expect(site.answer(taskOf({ instructions: { proximalMu: 1 } }), neverFired)).rejects.toMatchObject(refused);
    await expect(site.answer(taskOf({ forMechanisms: { fake: {} } }), neverFired)).rejects.toMatchObject(refused);
    await expect(site.answer(taskOf({ cohort: ['a', 'b'] }), neverFired)).rejects.toMatchObject(refused);
    expect(audit.events.map(({ type }) => type)).toEqual([
      'training',
      ...Array<string>(60).fill('answer-repeated'),
      ...Array<string>(4).fill('refusal'),
    ]);
  });

  it('gives no answer again to who says that another update of it was taken: it may build upon that', async () => {
    const site = exampleSite('a', secret);
    await site.answer(taskOf({ round: 2, taken: 0 }), neverFired);
    await site.answer(taskOf({ round: 2, taken: 0 }), neverFired);
    await expect(site.answer(taskOf({ round: 2, taken: 1 }), neverFired)).rejects.toMatchObject(refused);
    await expect(site.answer(taskOf({ round: 2 }), neverFired)).rejects.toMatchObject(refused);
  });

  it('answers a round that it was asked twice at once, once', async () => {
    const site = exampleSite('a', secret);
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => site.answer(taskOf(), neverFired)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('answers as many rounds as it approved, over all runs', async () => {
    const site = exampleSite('a', secret);
    for (let i = 0; i < rounds; i++) await site.answer(taskOf({ runId: `run-${i}`, round: i % 2 }), neverFired);
    for (const round of [0, 1, 2, 3])
      await expect(site.answer(taskOf({ runId: 'run-9', round }), neverFired)).rejects.toMatchObject(refused);
  });

  it('counts for each site of its own, also where they share a store that outlives them', async () => {
    const answers = memoryAnswerStore();
    await exampleSite('a', { ...secret, answers }).answer(taskOf(), neverFired);
    await exampleSite('b', { ...secret, answers }).answer(taskOf(), neverFired);
    await expect(exampleSite('a', { ...secret, answers }).answer(taskOf(), neverFired)).rejects.toMatchObject(refused);
    await exampleSite('a', { ...secret, answers }).answer(taskOf({ round: 1 }), neverFired);
  });

  it('may be asked again where it was stopped, and not where it failed: that it fails tells of its data', async () => {
    const train = vi.fn(fakeTrainer().train);
    train.mockRejectedValueOnce(new FedwardError('ABORTED', 'stopped')).mockRejectedValueOnce(new Error('a NaN'));
    const site = exampleSite('a', { ...secret, trainer: fakeTrainer({ train }) });
    await expect(site.answer(taskOf(), neverFired)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(site.answer(taskOf(), neverFired)).rejects.toMatchObject({ code: 'CLIENT_FAILED' });
    await expect(site.answer(taskOf(), neverFired)).rejects.toMatchObject(refused);
  });

  it('in a simulation repeats a round bit for bit, as often as it is asked', async () => {
    const site = exampleSite('a', { ...secret, randomness: simulatedRandomness(1) });
    const first = await site.answer(taskOf(), neverFired);
    for (let i = 0; i < 2 * rounds; i++) expect(await site.answer(taskOf(), neverFired)).toEqual(first);
  });

  it('answers as often as it is asked where nothing has a price', async () => {
    const open = examplePlan({ rounds });
    const site = exampleSite('a', { plan: open, randomness: secretRandomness() });
    for (let i = 0; i < 2 * rounds; i++) await site.answer(exampleTask({ planHash: planHash(open) }), neverFired);
  });
});

describe('a site with a ledger', () => {
  it('repeats an answer for nothing, and is charged for every other', async () => {
    const charge = vi.fn(async () => undefined);
    const site = exampleSite('a', { ...secret, ledger: { charge } });
    const first = await site.answer(taskOf(), neverFired);
    expect(await site.answer(taskOf(), neverFired)).toEqual(first);
    expect(charge).toHaveBeenCalledTimes(1);
    const anew = await site.answer(taskOf({ payload: other }), neverFired);
    expect(anew.payload.values).not.toEqual(first.payload.values);
    expect(charge).toHaveBeenCalledTimes(2);
  });
});

describe('a task that is none', () => {
  const { layout, values } = createParameters(exampleLayout);
  const tensors = layout.tensors.map((tensor, i) => (i === 0 ? { ...tensor, shape: [layout.size, 1] } : tensor));
  const nan = createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(Number.NaN));
  it.each<[string, object]>([
    ['a payload of another length', { payload: { layout, values: values.subarray(1) } }],
    ['values that are no float32', { payload: { layout, values: [...values] } }],
    ['a NaN', { payload: nan }],
    ['another layout', { payload: { layout: { ...layout, tensors: layout.tensors.slice(1) }, values } }],
    ['shapes that do not fit their place', { payload: { layout: { ...layout, tensors }, values } }],
    ['no payload', { payload: null }],
    ['instructions that are no object', { instructions: 'fast' }],
    ['instructions that no trainer knows', { instructions: { speed: 1 } }],
    ['instructions of the wrong type', { instructions: { proximalMu: 'large' } }],
    ['words for mechanisms that are no objects', { forMechanisms: { fake: 7 } }],
    ['no run', { runId: '' }],
  ])('with %s is refused before anything is charged', async (_, changes) => {
    const charge = vi.fn();
    const take = vi.fn();
    const audit = memoryAuditSink();
    for (const options of [{ ledger: { charge } }, { answers: { ...memoryAnswerStore(), take } }]) {
      const site = exampleSite('a', { ...secret, ...options, audit });
      await expect(site.answer(taskOf(changes), neverFired)).rejects.toMatchObject({
        code: 'TASK_INVALID',
        subject: 'a',
      });
    }
    expect(charge).not.toHaveBeenCalled();
    expect(take).not.toHaveBeenCalled();
    expect(audit.events.map(({ type }) => type)).toEqual(['refusal', 'refusal']);
  });

  it('is what the strategy says, where it has a say', async () => {
    const validateTask = vi.fn();
    const answer: SiteStrategy['answer'] = async ({ sent }) => ({ update: copyTensors(sent) });
    const site = exampleSite('a', { ...secret, strategy: { name: 'mean', validateTask, answer } });
    await site.answer(taskOf({ instructions: { speed: 1 } }), neverFired);
    expect(validateTask).toHaveBeenCalledOnce();
    validateTask.mockImplementation(() => {
      throw new Error('too fast');
    });
    await expect(site.answer(taskOf({ round: 1 }), neverFired)).rejects.toMatchObject({ code: 'TASK_INVALID' });
  });
});

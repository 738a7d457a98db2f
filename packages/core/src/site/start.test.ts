import { describe, expect, it, vi } from 'vitest';
import { memoryAuditSink } from '../memory/audit.js';
import { createLayout, createParameters, digestTensors, shapesOf } from '../parameters/parameters.js';
import { concatTensors } from '../parameters/parts.js';
import { planHash } from '../plan/plan.js';
import type { Task } from '../interfaces/messages.js';
import type { SiteOptions } from './options.js';
import { exampleLayout, exampleSite, exampleTask, fakeTrainer, neverFired } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { changeOf } from './train-and-subtract.js';

const plan = examplePlan();
const approved = createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(0.5));
const other = createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(0.5).fill(-0, 0, 1));
const startsFrom = `sha256:${digestTensors(approved)}`;
const taskOf = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(plan), round: 0, payload: approved, ...changes }); // prettier-ignore

describe('a site that has approved the weights of the first round', () => {
  it('trains from these', async () => {
    const update = await exampleSite('a', { startsFrom }).answer(taskOf(), neverFired);
    expect(update.baseRound).toBe(0);
  });

  it('refuses others by both digests before it trains or charges anything, and logs that', async () => {
    const train = vi.fn(fakeTrainer().train);
    const charge = vi.fn();
    const audit = memoryAuditSink();
    const ledger = { outlivesRuns: true, charge } as unknown as NonNullable<SiteOptions['ledger']>;
    const site = exampleSite('a', { startsFrom, trainer: fakeTrainer({ train }), audit, ledger });
    const sent = `sha256:${digestTensors(other)}`;
    const message = `a has approved a start from the weights ${startsFrom}, was sent the weights ${sent}`;
    await expect(site.answer(taskOf({ payload: other }), neverFired)).rejects.toMatchObject({
      ...{ code: 'PLAN_NOT_APPROVED', message, subject: 'a' },
    });
    expect(train).not.toHaveBeenCalled();
    expect(charge).not.toHaveBeenCalled();
    expect(audit.events).toMatchObject([{ type: 'refusal', details: { code: 'PLAN_NOT_APPROVED', reason: message } }]);
  });

  it('takes whatever comes in later rounds, and in the first where nothing was said', async () => {
    const later = exampleSite('a', { startsFrom }).answer(taskOf({ payload: other, round: 1 }), neverFired);
    expect((await later).baseRound).toBe(1);
    expect((await exampleSite('a').answer(taskOf({ payload: other }), neverFired)).baseRound).toBe(0);
  });

  it('finds the model beside what a strategy sends with it, and refuses a payload without one', async () => {
    const strategy: SiteOptions['strategy'] = {
      name: plan.aggregator.name,
      validateTask: () => undefined,
      answer: async ({ train, sent }) => {
        const from = createParameters(exampleLayout, sent.values.slice(0, exampleLayout.size) as Float32Array);
        return { update: changeOf((await train(from)).payload, from) };
      },
    };
    const site = exampleSite('a', { startsFrom, strategy });
    const beside = (model: typeof approved) => concatTensors({ '': model, control: other });
    await expect(site.answer(taskOf({ payload: beside(approved) }), neverFired)).resolves.toBeDefined();
    // By name, in whatever order: what testkit asks of an aggregator is no more.
    const turned = createLayout(shapesOf(exampleLayout).toReversed());
    const scattered = createParameters(turned, new Float32Array(turned.size).fill(0.5));
    await expect(site.answer(taskOf({ payload: scattered }), neverFired)).resolves.toBeDefined();
    const refused = (payload: Task['payload'], message: RegExp) =>
      expect(site.answer(taskOf({ payload }), neverFired)).rejects.toThrow(message);
    await refused(beside(other), /was sent the weights sha256:[0-9a-f]{64}$/);
    await refused(concatTensors({ control: approved }), /does not show its model/);
  });
});

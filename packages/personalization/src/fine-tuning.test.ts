import { createSite, memoryClientStore, simulatedRandomness, type Update } from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { describe, expect, it } from 'vitest';
import { deepModel, federate, hospitals, linePlan, registry } from './testing/hospitals.js';

const fineTuned = (options: Record<string, unknown>, changes = {}) =>
  federate(linePlan({ name: 'fine-tuning', options: options as never }, changes));

describe('fine-tuning', () => {
  it('scores a model that was trained further at the site, the better the more steps', async () => {
    const few = await fineTuned({ steps: 2 });
    const many = await fineTuned({ steps: 200 });
    expect(many.model).toEqual(few.model);
    many.errors.forEach((error, i) => {
      expect(error).toBeLessThan(1e-3);
      expect(error).toBeLessThan(few.errors[i]! / 10);
    });
  });

  it('of the last layer alone leaves the others as they were sent', async () => {
    const plan = linePlan({ name: 'fine-tuning', options: { steps: 20, tensors: [3] } }, { model: deepModel });
    const { model } = await federate(plan);
    const strategy = registry.site(plan.aggregator)!;
    let asked: readonly string[] = [];
    const tuned = await strategy.personalModel!({
      ...{ clientId: 'north', runId: 'run-1', round: 0, plan, sent: model, model: model.layout, state: null },
      random: simulatedRandomness(1).random('north', 0),
      async trainHere(from, { frozen = [] } = {}, { batches } = {}) {
        asked = frozen;
        expect(batches).toEqual({ kind: 'steps', size: 100, steps: 20 });
        return { payload: from, steps: 0, metrics: {} };
      },
    });
    expect(tuned).toEqual(model);
    expect(asked).toEqual(['0.dense.kernel', '0.dense.bias', '1.group-norm.scale', '1.group-norm.shift']);
  });

  it('remembers nothing', async () => {
    const plan = linePlan({ name: 'fine-tuning', options: { steps: 2 } });
    const { store } = await federate(plan);
    for (const clientId of Object.keys(hospitals))
      expect(await store.load({ runId: 'run-1', clientId, strategy: 'fine-tuning' }, plan.rounds - 1)).toBe(undefined);
  });

  it('refuses a trainer that can not freeze where only some tensors are tuned', () => {
    const plan = linePlan({ name: 'fine-tuning', options: { steps: 2, tensors: [3] } }, { model: deepModel });
    const strategy = registry.site(plan.aggregator)!;
    const trainer = { ...referenceTrainer(), provides: [] };
    const site = (): unknown =>
      createSite({
        ...{ id: 'north', plan, data: hospitals['north']!, trainer, strategy, store: memoryClientStore() },
        randomness: simulatedRandomness(1),
      });
    expect(site).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'training.trainer' }));
  });

  it('what leaves is the plain update, whatever is tuned', async () => {
    // Hospitals answer in any order: what each has sent, by its name and round.
    const payloads = (sent: readonly Update[]) =>
      new Map(sent.map(({ clientId, baseRound, payload }) => [`${clientId} ${baseRound}`, payload]));
    expect(payloads((await fineTuned({ steps: 1 })).sent)).toEqual(payloads((await fineTuned({ steps: 9 })).sent));
  });

  it.each([
    { steps: 0 },
    { steps: 1.5 },
    { steps: 3, learningRate: 0 },
    { steps: 3, batchSize: 0 },
    { steps: 1, tensors: [] },
    {},
  ])('refuses %j by name, in both halves', (options) => {
    const wrong = { name: 'fine-tuning', options };
    const refusal = expect.objectContaining({ code: 'CONFIG_INVALID' });
    expect(() => registry.create('aggregator', wrong as never)).toThrow(refusal);
    expect(() => registry.site(wrong as never)).toThrow(refusal);
  });
});

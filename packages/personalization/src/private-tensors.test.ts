import { tensorValues } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphModel, graphTrainer } from './testing/graph-trainer.js';
import { deepModel, federate, hospitals, linePlan, registry } from './testing/hospitals.js';

const names = ['0.dense.kernel', '0.dense.bias', '1.group-norm.scale', '1.group-norm.shift', '3.dense.kernel', '3.dense.bias']; // prettier-ignore

/** Which tensors are private, by strategy and options. */
const cases = fc.oneof(
  fc.subarray(names, { minLength: 1, maxLength: names.length - 1 }).map((tensors) => ({
    aggregator: { name: 'private-tensors', options: { tensors } },
    own: tensors,
  })),
  fc.constant({ aggregator: { name: 'private-tensors', options: { tensors: [3, '0.dense.bias'] } }, own: [names[1]!, names[4]!, names[5]!] }), // prettier-ignore
  fc.constant({ aggregator: { name: 'fedper', options: { layers: 1 } }, own: names.slice(4) }),
  fc.constant({ aggregator: { name: 'fedper', options: { layers: 2 } }, own: names.slice(2) }),
  fc.constant({ aggregator: { name: 'fedbn', options: {} }, own: names.slice(2, 4) }),
);

describe('private tensors', () => {
  it('are 0 in every update, stay as they began at the server, and are trained and kept at the sites', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom('sgd', 'momentum', 'adam'), async ({ aggregator, own }, optimizer) => {
        const plan = linePlan(aggregator, {
          ...{ model: deepModel, rounds: 3 },
          training: {
            trainer: 'reference',
            batches: { kind: 'shuffle', size: 3, epochs: 1 },
            optimizer: { name: optimizer, learningRate: 0.05 },
          },
        });
        const { sent, model, initial, store } = await federate(plan);
        expect(sent).toHaveLength(9);
        for (const { payload } of sent)
          for (const { name } of payload.layout.tensors)
            expect(tensorValues(payload, name).every((x) => x === 0)).toBe(own.includes(name));
        for (const name of own) expect(tensorValues(model, name)).toEqual(tensorValues(initial, name));
        for (const clientId of Object.keys(hospitals)) {
          const state = await store.load({ runId: 'run-1', clientId, strategy: aggregator.name }, 2);
          expect(Object.keys(state as object).sort()).toEqual([...own].sort());
          for (const name of own)
            expect((state as Record<string, Float32Array>)[name]).not.toEqual(tensorValues(initial, name));
        }
      }),
      { numRuns: 20, seed: 14 },
    );
  });

  it('a bias of its own takes up what hospitals differ in, which one model for all can not', async () => {
    const tensors = ['0.dense.bias'];
    const own = await federate(linePlan({ name: 'private-tensors', options: { tensors } }, { rounds: 40 }));
    for (const error of own.errors) expect(error).toBeLessThan(1e-3);
    const { errors } = await federate(linePlan({ name: 'fine-tuning', options: { steps: 1, learningRate: 1e-9 } }));
    expect(Math.max(...errors)).toBeGreaterThan(0.5);
  });

  it.each([
    [
      'private-tensors',
      { tensors: ['9.dense.bias'] },
      'aggregator.options.tensors',
      '9.dense.bias, which is no tensor',
    ],
    ['private-tensors', { tensors: [2] }, 'aggregator.options.tensors', 'layer 2, which has no tensors'],
    ['private-tensors', { tensors: [0, 1, 3] }, 'aggregator.options', 'nothing is left to share'],
    ['fedper', { layers: 3 }, 'aggregator.options', 'nothing is left to share'],
    ['fedper', { layers: 4 }, 'aggregator.options.layers', 'has 3 layers with tensors'],
  ])('%s with %j is refused before round 0, by both halves', (name, options, subject, message) => {
    const plan = linePlan({ name, options }, { model: deepModel });
    const refusal = expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject, message: expect.stringContaining(message) }); // prettier-ignore
    expect(() => registry.create('aggregator', plan.aggregator).validate!(plan)).toThrow(refusal);
    expect(() => registry.site(plan.aggregator)!.validate!(plan)).toThrow(refusal);
  });

  it('do not claim plain changes, which the noise of a sum rests on; what keeps nothing for its updates does', () => {
    const provided = (name: string, options = {}) => registry.create('aggregator', { name, options }).provides;
    for (const name of ['fedper', 'fedbn']) expect(provided(name)).not.toContain('plain-changes');
    expect(provided('private-tensors', { tensors: [0] })).not.toContain('plain-changes');
    expect(provided('ditto', { lambda: 1 })).toContain('plain-changes');
    expect(provided('fine-tuning', { steps: 1 })).toContain('plain-changes');
  });

  it('are, with fedbn, the scales and shifts of the nodes of a graph that normalise, and nothing else of it', async () => {
    const own = ['0.graph.norm.weight', '0.graph.norm.bias', '0.graph.last.weight'];
    const { training } = linePlan({ name: 'fedbn', options: {} });
    const plan = linePlan(
      { name: 'fedbn', options: {} },
      { model: graphModel, rounds: 2, training: { ...training, trainer: 'graphs' } },
    );
    const { sent, model, initial, store } = await federate(plan, 'start', graphTrainer());
    expect(sent).toHaveLength(6);
    for (const { payload } of sent)
      for (const { name } of payload.layout.tensors)
        expect([name, tensorValues(payload, name).every((x) => x === 0)]).toEqual([name, own.includes(name)]);
    for (const { name } of model.layout.tensors)
      expect([name, own.includes(name)]).toEqual([name, String(tensorValues(model, name)) === String(tensorValues(initial, name))]); // prettier-ignore
    const states = Object.keys(hospitals).map((clientId) => store.load({ runId: 'run-1', clientId, strategy: 'fedbn' }, 1)); // prettier-ignore
    const kept = (await Promise.all(states)) as Record<string, Float32Array>[];
    for (const name of own) expect(new Set(kept.map((state) => String(state[name]))).size).toBe(3);
    for (const state of kept) expect(Object.keys(state).sort()).toEqual([...own].sort());
  });

  it('fedbn refuses a model without normalisation, in layers or in a graph', () => {
    const [graph, dense] = graphModel.layers;
    const bare = { ...graph, output: 'a', nodes: graph.nodes.slice(0, 1), tensors: graph.tensors.slice(0, 1) };
    for (const plan of [
      linePlan({ name: 'fedbn', options: {} }),
      linePlan({ name: 'fedbn', options: {} }, { model: { ...graphModel, layers: [bare, dense] } }),
    ]) {
      const refusal = expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'model.layers' });
      expect(() => registry.create('aggregator', plan.aggregator).validate!(plan)).toThrow(refusal);
      expect(() => registry.site(plan.aggregator)!.validate!(plan)).toThrow(refusal);
    }
  });
});

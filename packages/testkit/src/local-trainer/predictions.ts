import assert from 'node:assert/strict';
import type { ModelSpec, TrainingData } from '@fedward/core';
import { createNetwork } from '../reference/network.js';
import { assertAllClose, assertSame, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { blobs, layersFor, linear, spec, startOf, twoLayers, type Create, type Runs } from './problems.js';

/** What the model gives for examples. */
export function predictionChecks(create: Create, runs: Runs): Checks {
  const agrees = async (model: ModelSpec, data: TrainingData): Promise<void> => {
    const weights = startOf(model);
    const network = createNetwork(model);
    const size = data.features.length / data.count;
    const expected = Array.from({ length: data.count }, (_, row) => [
      ...network.outputs(weights.values, data.features.subarray(row * size, (row + 1) * size)),
    ]).flat();
    const found = await create().predict(model, weights, data);
    assert.ok(found instanceof Float32Array, 'the outputs are not a Float32Array');
    assertAllClose(found, expected, 'the outputs', { relative: 1e-5, absolute: 1e-5 });
  };

  return {
    async 'outputs are logits, row after row'() {
      for (const count of [1, 7, 300]) await agrees(linear(4, 3), blobs(count, 4, 3));
    },

    'outputs go through every layer': () => agrees(twoLayers(4), blobs(7, 4, 3)),

    'a single output is a logit too'() {
      const model = spec({ inputShape: [4], layers: [{ type: 'dense', units: 1 }], loss: 'sigmoid-cross-entropy' });
      return agrees(model, blobs(7, 4));
    },

    'dropout is off when predicting'() {
      const model = spec({
        inputShape: [4],
        layers: [
          { type: 'dropout', rate: 0.5 },
          { type: 'dense', units: 8 },
          { type: 'dropout', rate: 0.9 },
          { type: 'dense', units: 3 },
        ],
        loss: 'softmax-cross-entropy',
      });
      return agrees(model, blobs(7, 4, 3));
    },

    async 'predicting changes nothing, and gives the same bits again'() {
      const [model, data] = [layersFor(runs, 4), blobs(7, 4, 3)];
      const weights = startOf(model);
      const unchanged = [watch('the parameters', weights), watch('the data', data)];
      const trainer = create();
      const first = await trainer.predict(model, weights, data);
      const kept = first.slice();
      first.fill(9);
      assertSame(await trainer.predict(model, weights, data), kept, 'the outputs, asked again');
      for (const check of unchanged) check();
    },
  };
}

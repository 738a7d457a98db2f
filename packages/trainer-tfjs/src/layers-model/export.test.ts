import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLayout, createParameters } from '@fedward/core';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { createPlan, randomData, randomParameters, relativeError } from '../testing/problems.js';
import { tfjsTrainer } from '../trainer.js';
import { registerLayers, saveLayersModel, toLayersModel } from './export.js';
import { parametersOf, setParameters } from './weights.js';

const spec = {
  inputShape: [6, 6, 1],
  layers: [
    { type: 'conv2d', filters: 4, kernelSize: [3, 3], padding: 'same' },
    { type: 'group-norm', groups: 2 },
    { type: 'activation', function: 'elu' },
    { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.5 },
    { type: 'dense', units: 2 },
  ],
  loss: 'softmax-cross-entropy',
} as const;

describe('a model spec as a tf.LayersModel', () => {
  const { model: full } = createPlan(spec);
  const parameters = randomParameters(spec);
  const data = randomData(spec, 5);

  it('gives the same outputs, also after it was saved and loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-export-'));
    try {
      const model = await toLayersModel(full, parameters);
      await saveLayersModel(model, join(folder, 'model'));
      await registerLayers();
      const { modelTopology, weightsManifest } = JSON.parse(
        await readFile(join(folder, 'model', 'model.json'), 'utf8'),
      );
      const weights = await readFile(join(folder, 'model', weightsManifest[0].paths[0]));
      const weightData = new Uint8Array(weights).buffer;
      const weightSpecs = weightsManifest[0].weights;
      const loaded = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
      const expected = await tfjsTrainer().predict(full, parameters, data);
      for (const each of [model, loaded]) {
        const outputs = tf.tidy(() => (each.predict(tf.tensor(data.features, [5, 6, 6, 1])) as tf.Tensor).dataSync());
        expect(relativeError(outputs, expected)).toBeLessThan(1e-5);
        each.dispose();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes and gives parameters, and refuses those of another model', async () => {
    const model = await toLayersModel(full, parameters);
    const own = parametersOf(model);
    expect(own.values).toEqual(parameters.values);
    const doubled = createParameters(
      own.layout,
      own.values.map((value) => 2 * value),
    );
    await setParameters(model, doubled);
    doubled.values.fill(0); // the model has its own copy
    expect(parametersOf(model).values).toEqual(parameters.values.map((value) => 2 * value));
    const other = createParameters(createLayout([{ name: 'other', shape: [3] }]));
    await expect(setParameters(model, other)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'other' });
    model.dispose();
  });

  it('says where a model could not be saved', async () => {
    const model = await toLayersModel(full, parameters);
    const folder = join('/dev/null', 'folder');
    await expect(saveLayersModel(model, folder)).rejects.toMatchObject({ code: 'STORAGE_FAILED', subject: folder });
    model.dispose();
  });
});

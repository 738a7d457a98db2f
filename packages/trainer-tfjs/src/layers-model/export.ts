import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createParameters, FedwardError, layoutOf, type ModelSpec, type Parameters } from '@fedward/core';
import { assertLayout } from '@fedward/core/training';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { selectBackend } from '../backend.js';
import { setParameters, weightsOf } from './weights.js';

/**
 * A trained model spec as a `tf.LayersModel`, to be used or saved with TensorFlow.js. It gives logits, as the spec
 * does. The caller disposes of it.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for parameters of another model
 */
export async function toLayersModel(spec: ModelSpec, parameters: Parameters): Promise<LayersModel> {
  assertLayout(parameters, layoutOf(spec));
  await selectBackend();
  const { buildModel } = await import('./build.js');
  const model = buildModel(spec);
  // The same tensors in the same order, by other names.
  await setParameters(model, createParameters(weightsOf(model).layout, parameters.values));
  return model;
}

/**
 * Makes group normalisation, which TensorFlow.js has no layer for, known to `tf.loadLayersModel`. Only to be
 * called before such a saved model is loaded.
 */
export async function registerLayers(): Promise<void> {
  await import('./group-normalization.js');
}

/**
 * Saves a model as `model.json` and `weights.bin`, the format that `tf.loadLayersModel` and TensorFlow's
 * `tensorflowjs_converter` (to a Keras or SavedModel file) read. `model.save` does that itself only with
 * @tensorflow/tfjs-node.
 *
 * @param folder made if it is not there
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function saveLayersModel(model: LayersModel, folder: string): Promise<void> {
  const { io } = await import('@tensorflow/tfjs-core');
  const save = async (artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> => {
    const { weightData, weightSpecs, ...rest } = artifacts;
    const weights = io.CompositeArrayBuffer.join(weightData);
    const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'weights.bin'), new Uint8Array(weights));
    await writeFile(join(folder, 'model.json'), JSON.stringify({ ...rest, weightsManifest: manifest }));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  };
  try {
    await model.save(io.withSaveHandler(save));
  } catch (cause) {
    throw new FedwardError('STORAGE_FAILED', `the model could not be saved in ${folder}`, folder, { cause });
  }
}

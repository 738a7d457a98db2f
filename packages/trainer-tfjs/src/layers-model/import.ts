import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createParameters,
  FedwardError,
  fileReason,
  incompatible,
  layoutOf,
  modelSpecSchema,
  parseWith,
  type LossName,
  type ModelSpec,
  type Parameters,
} from '@fedward/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as z from 'zod';
import { selectBackend } from '../backend.js';
import { counterparts, without } from './counterparts.js';
import { weightsOf } from './weights.js';

/** A model spec with its weights. */
export interface SpecWithParameters {
  readonly spec: ModelSpec;
  readonly parameters: Parameters;
}

/**
 * A `tf.LayersModel` as a model spec, with its weights: what any trainer can go on training, and a plan can carry. Its layers
 * are one chain; each has a counterpart among those of a spec: Dense, Conv1D, Conv2D, max and average pooling, global average
 * pooling, Flatten, Activation and ReLU (relu, tanh, sigmoid, elu), Dropout, Rescaling, GroupNormalization. A softmax or
 * sigmoid at the end is left to the loss, so that the spec gives logits.
 *
 * What is not computed at prediction is not taken over: regularizers, constraints, which layers were trainable, and the
 * optimizer.
 *
 * @param loss that the spec is trained by
 * @returns weights in the layout of `layoutOf(spec)`, copies of the model's
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming a layer without counterpart (batch normalisation among them), or one that
 * is not in a chain; CONFIG_INVALID where the outputs do not fit the loss
 */
export function fromLayersModel(model: LayersModel, loss: LossName): SpecWithParameters {
  assertChain(model);
  const [input] = model.inputs;
  const inputShape = input!.shape.slice(1);
  if (inputShape.some((side) => side === null))
    throw incompatible(`the model takes examples of an open size [${inputShape.join(', ')}]`, 'inputShape');
  const last = model.layers.length - 1;
  const layers = model.layers.flatMap((layer, i) => counterparts({ layer, last: i === last, loss }));
  const spec = parseWith(modelSpecSchema, { inputShape, layers, loss }, 'the model');
  const layout = layoutOf(spec);
  const { weights } = weightsOf(model);
  const values = new Float32Array(layout.size);
  let at = 0;
  for (const { variable, name, shape } of weights) {
    // The same tensors in the same order, by other names: what `toLayersModel` relies on too.
    const tensor = layout.tensors[at++];
    if (!tensor || tensor.shape.length !== shape.length || tensor.shape.some((n, axis) => n !== shape[axis]))
      throw incompatible(`the weight ${name} of the model has no place in the spec`, name);
    values.set(variable.read().dataSync() as Float32Array, tensor.offset);
  }
  if (at < layout.tensors.length) throw incompatible('the model has fewer weights than its spec', 'model');
  return { spec, parameters: createParameters(layout, values) };
}

/** Each layer is used once, on what the one before it gave. */
function assertChain({ inputs, outputs, layers }: LayersModel): void {
  if (inputs.length !== 1 || outputs.length !== 1)
    throw incompatible(`the model has ${inputs.length} inputs and ${outputs.length} outputs, not one of each`, 'model');
  layers.forEach((layer, i) => {
    const uses = layer.inboundNodes;
    const before = uses[0]?.inboundLayers ?? [];
    const follows = before.length === 0 ? i === 0 : before.length === 1 && before[0] === layers[i - 1];
    // The layers of a Sequential begin behind its input.
    const first = i === 0 && before.length === 1 && before[0]!.getClassName() === 'InputLayer';
    if (uses.length !== 1 || !(follows || first))
      throw without(layer, 'the layers of a spec are a chain, in which each is used once');
  });
}

/** What is read of a model.json; the rest is TensorFlow.js's business. */
const fileSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(
    z.object({ paths: z.array(z.string()), weights: z.array(z.record(z.string(), z.unknown())) }),
  ),
});

/**
 * Reads what `saveLayersModel` or `tensorflowjs_converter --output_format tfjs_layers_model` wrote: `model.json` and the
 * files of weights beside it. `tf.loadLayersModel` itself reads files only with @tensorflow/tfjs-node. The caller disposes of
 * the model. What is read is data, and nothing of it is run: layers are those that TensorFlow.js knows by name.
 *
 * @throws {FedwardError} FILE_NOT_FOUND or FILE_INVALID naming the file
 */
export async function readLayersModel(folder: string): Promise<LayersModel> {
  const file = join(folder, 'model.json');
  const description = parseModel((await read(file)).toString('utf8'), file);
  const weights = description.weightsManifest.flatMap(({ weights }) => weights);
  const parts: Buffer[] = [];
  for (const path of description.weightsManifest.flatMap(({ paths }) => paths)) {
    // Files that are named by a file are to be its neighbours.
    if (path.includes('/') || path.includes('\\') || path === '..')
      throw invalid(file, 'it names weights outside of its folder');
    parts.push(await read(join(folder, path)));
  }
  await selectBackend();
  const [{ io }, { loadLayersModel }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('@tensorflow/tfjs-layers'),
    import('./group-normalization.js'),
  ]);
  const weightData = new Uint8Array(Buffer.concat(parts)).buffer;
  const artifacts = { modelTopology: description.modelTopology, weightSpecs: weights, weightData };
  try {
    return await loadLayersModel(io.fromMemory(artifacts as unknown as tf.io.ModelArtifacts));
  } catch (cause) {
    throw invalid(file, `TensorFlow.js can't make a model of it`, cause);
  }
}

function parseModel(text: string, file: string): z.output<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid(file, 'it is no model.json of TensorFlow.js', cause);
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const gone = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FedwardError(gone ? 'FILE_NOT_FOUND' : 'FILE_INVALID', `${file}: ${fileReason(cause)}`, file, { cause });
  }
}

function invalid(file: string, why: string, cause?: unknown): FedwardError {
  return new FedwardError('FILE_INVALID', `${file}: ${why}`, file, { cause });
}

import {
  FedwardError,
  layoutOf,
  modelSpecSchema,
  parseWith,
  type LossName,
  type ModelSpec,
  type NamedTensor,
} from '@fedward/core';
import type { ImportedNetwork } from './import-network.js';

/** A file as a model that a plan can have. */
export interface ImportedModel {
  readonly spec: ModelSpec;
  /** In the order of the model's layout, by its names: `0.graph.<the file's name>`. */
  readonly weights: readonly (NamedTensor & { readonly values: Float32Array })[];
  /** Names of the layout: what `training.frozen` must have. */
  readonly frozen: readonly string[];
  /** Values that it gives for one example. */
  readonly outputs: number;
}

/** How a tensor of a file is called in the layout of a model that is that file alone. */
export function layoutName(tensor: string): string {
  return `0.graph.${tensor}`;
}

/**
 * The network alone as a model; a flatten behind it where it gives more than one dimension.
 * @param loss default: cross-entropy, of a softmax for two outputs and more, of a sigmoid for one
 * @throws {FedwardError} CONFIG_INVALID where the loss does not fit the outputs; CONFIG_INCOMPATIBLE where nothing is left to train
 */
export function importedModel(network: ImportedNetwork, loss?: LossName): ImportedModel {
  const { layer, inputShape, parameters, frozen } = network;
  const outputs = layer.outputShape.reduce((product, n) => product * n, 1);
  const spec = parseWith(
    modelSpecSchema,
    {
      inputShape,
      layers: [layer, ...(layer.outputShape.length > 1 ? [{ type: 'flatten' }] : [])],
      loss: loss ?? (outputs > 1 ? 'softmax-cross-entropy' : 'sigmoid-cross-entropy'),
    },
    'the model',
  );
  layoutOf(spec);
  if (parameters.length === frozen.length)
    throw new FedwardError('CONFIG_INCOMPATIBLE', 'the network has no weights that could be trained', 'model');
  const weights = parameters.map(({ name, shape, values }) => ({ name: layoutName(name), shape, values }));
  return { spec, weights, frozen: frozen.map(layoutName), outputs };
}

import { FedwardError, outputSize, type GradientPrivacy, type ModelSpec } from '@fedward/core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { allLayers, type Layer } from './inspect.js';

// They draw from Math.random, so that the same seed would not give the same bits.
const unrepeatable = new Set([
  'AlphaDropout',
  'GaussianDropout',
  'GaussianNoise',
  'RandomBrightness',
  'RandomHeight',
  'RandomWidth',
  'SpatialDropout1D',
]);

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, naming the layer, for a model that does not fit the plan's
 * `model.inputShape`, number of outputs and loss, or that holds what this trainer would not do as it says
 */
export function assertModel(model: LayersModel, spec: ModelSpec, privacy: GradientPrivacy | undefined): void {
  const refuse = (why: string, subject: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', why, subject);
  };
  if (model.inputs.length !== 1 || model.outputs.length !== 1)
    refuse(`the model has ${model.inputs.length} inputs and ${model.outputs.length} outputs, not one of each`, 'model');
  const [input, output] = [model.inputs[0]!.shape.slice(1), model.outputs[0]!.shape.slice(1)];
  if (input.length !== spec.inputShape.length || input.some((n, axis) => n !== null && n !== spec.inputShape[axis]))
    refuse(`the model takes [${input.join(', ')}], the plan has [${spec.inputShape.join(', ')}]`, 'model.inputShape');
  if (output.length !== 1 || output[0] !== outputSize(spec))
    refuse(`the model gives [${output.join(', ')}], the plan's model gives ${outputSize(spec)} values`, 'model.layers');
  if (model.trainableWeights.length === 0) refuse('the model has no weights to train', 'model');
  for (const layer of allLayers(model)) {
    const why = objection(layer, privacy !== undefined);
    if (why) refuse(`the layer ${layer.name} (${layer.getClassName()}) ${why}`, layer.name);
  }
}

function objection(layer: Layer, isPrivate: boolean): string | undefined {
  const type = layer.getClassName();
  const config = layer.getConfig();
  if (isPrivate && type === 'BatchNormalization')
    return 'mixes the examples of a batch, which differential privacy by example forbids: use group normalisation';
  if (unrepeatable.has(type) || (type === 'Dropout' && config['noiseShape']))
    return 'draws random numbers that no seed repeats';
  if (type !== 'Dropout' && [config['dropout'], config['recurrentDropout']].some((rate) => Number(rate ?? 0) > 0))
    return 'has dropout of its own, which no seed repeats: use a Dropout layer';
  if (layer.stateful) return 'is stateful: it would carry one batch over into the next';
  const { activityRegularizer } = layer as unknown as { activityRegularizer?: unknown };
  if (layer.losses.length > 0 || activityRegularizer) return 'has a regularizer, which is not applied here';
  const constrained = layer.weights.some((weight) => (weight as LayerVariable & { constraint?: unknown }).constraint);
  return constrained ? 'has a weight constraint, which is not applied here' : undefined;
}

import { incompatible, type LossName, type ModelSpecInput } from '@fedward/core';
import type { Layer } from './inspect.js';

type SpecLayers = ModelSpecInput['layers'];
type Config = Readonly<Record<string, unknown>>;

/** A layer in the place where a model has it. */
export interface Place {
  readonly layer: Layer;
  /** Whether the model's output is its own: the softmax or sigmoid there belongs to the loss of a spec. */
  readonly last: boolean;
  readonly loss: LossName;
}

/**
 * The layers of a spec that compute what a layer of TensorFlow.js does at prediction.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the layer, where there are none
 */
export function counterparts(place: Place): SpecLayers {
  const { layer } = place;
  const type = layer.getClassName();
  const config: Config = layer.getConfig();
  const make = makers[type];
  if (!make) throw without(layer, `${type} has no counterpart in a model spec`);
  return make(config, place);
}

type Maker = (config: Config, place: Place) => SpecLayers;

const makers: Readonly<Record<string, Maker>> = {
  InputLayer: () => [],
  Dense: (config, place) => [
    { type: 'dense', units: Number(config['units']), bias: config['useBias'] !== false },
    ...activation(config, place),
  ],
  Conv1D: (config, place) => [
    {
      ...{ type: 'conv1d', filters: Number(config['filters']), bias: config['useBias'] !== false },
      ...{ kernelSize: pair(config['kernelSize'])[0], stride: pair(config['strides'])[0] },
      padding: convolved(config, place),
    },
    ...activation(config, place),
  ],
  Conv2D: (config, place) => [
    {
      ...{ type: 'conv2d', filters: Number(config['filters']), bias: config['useBias'] !== false },
      ...{ kernelSize: pair(config['kernelSize']), stride: pair(config['strides']) },
      padding: convolved(config, place),
    },
    ...activation(config, place),
  ],
  MaxPooling1D: (config, place) => [{ type: 'max-pool1d', ...window1d(config, place) }],
  AveragePooling1D: (config, place) => [{ type: 'average-pool1d', ...window1d(config, place) }],
  MaxPooling2D: (config, place) => [{ type: 'max-pool2d', ...window2d(config, place) }],
  AveragePooling2D: (config, place) => [{ type: 'average-pool2d', ...window2d(config, place) }],
  GlobalAveragePooling1D: (_, { layer }) => {
    const [length] = inputOf(layer);
    return [{ type: 'average-pool1d', kernelSize: length!, stride: length! }, { type: 'flatten' }];
  },
  GlobalAveragePooling2D: (config, place) => {
    lastChannels(config, place);
    const [height, width] = inputOf(place.layer);
    return [{ type: 'average-pool2d', kernelSize: [height!, width!], stride: [height!, width!] }, { type: 'flatten' }];
  },
  Flatten: (config, place) => {
    lastChannels(config, place);
    return [{ type: 'flatten' }];
  },
  Activation: activation,
  ReLU: (config, { layer }) => {
    const limit: unknown = config['maxValue'] ?? config['max_value'] ?? null;
    if (limit !== null) throw without(layer, 'its relu has an upper limit');
    return [{ type: 'activation', function: 'relu' }];
  },
  Softmax: (_, place) => activation({ activation: 'softmax' }, place),
  Dropout: (config) => (Number(config['rate']) === 0 ? [] : [{ type: 'dropout', rate: Number(config['rate']) }]),
  Rescaling: (config, { layer }) => {
    if (Number(config['offset'] ?? 0) !== 0) throw without(layer, 'it adds an offset');
    return [{ type: 'scale', factor: Number(config['scale']) }];
  },
  GroupNormalization: (config) => [
    { type: 'group-norm', groups: Number(config['groups']), epsilon: Number(config['epsilon']) },
  ],
};

/** `softmax` and `sigmoid` at the end are left to the loss, which takes logits. */
function activation(config: Config, { layer, last, loss }: Place): SpecLayers {
  const name = String(config['activation'] ?? 'linear');
  if (name === 'linear') return [];
  if (last && name === 'softmax' && loss === 'softmax-cross-entropy') return [];
  if (last && name === 'sigmoid' && loss === 'sigmoid-cross-entropy') return [];
  if (name === 'relu' || name === 'tanh' || name === 'sigmoid' || name === 'elu')
    return [{ type: 'activation', function: name }];
  throw without(layer, `its activation ${name} has no counterpart in a model spec under ${loss}`);
}

function convolved(config: Config, place: Place): 'valid' | 'same' {
  lastChannels(config, place);
  if (pair(config['dilationRate'] ?? 1).some((rate) => rate !== 1)) throw without(place.layer, 'it is dilated');
  const { padding } = config;
  if (padding === 'same' || padding === 'valid') return padding;
  throw without(place.layer, `its padding is ${String(padding)}`);
}

function window1d(config: Config, place: Place) {
  assertUnpadded(config, place);
  return { kernelSize: pair(config['poolSize'])[0], stride: pair(config['strides'] ?? config['poolSize'])[0] };
}

function window2d(config: Config, place: Place) {
  assertUnpadded(config, place);
  return { kernelSize: pair(config['poolSize']), stride: pair(config['strides'] ?? config['poolSize']) };
}

/** With `valid` padding; where `same` padding adds nothing, it is that. */
function assertUnpadded(config: Config, place: Place): void {
  lastChannels(config, place);
  const strides = pair(config['strides'] ?? config['poolSize']);
  const size = pair(config['poolSize']);
  const sides = inputOf(place.layer).slice(0, -1);
  const fits = sides.every((side, axis) => side % strides[axis]! === 0 && strides[axis] === size[axis]);
  if (config['padding'] !== 'valid' && !fits) throw without(place.layer, 'it pads what it pools');
}

function lastChannels(config: Config, { layer }: Place): void {
  if ((config['dataFormat'] ?? 'channelsLast') !== 'channelsLast') throw without(layer, 'its channels come first');
}

/** The shape of one example before a layer. */
function inputOf(layer: Layer): number[] {
  const [whole] = layer.inboundNodes[0]!.inputShapes as (number | null)[][];
  const shape = whole!.slice(1);
  if (shape.some((side) => side === null)) throw without(layer, 'the size of its input is open');
  return shape.map(Number);
}

function pair(value: unknown): [number, number] {
  const values = [value].flat().map(Number);
  return [values[0]!, values.at(-1)!];
}

/** The error of a layer that a spec can't have. */
export function without(layer: Layer, why: string): Error {
  return incompatible(`the layer ${layer.name} (${layer.getClassName()}) can't be in a model spec: ${why}`, layer.name);
}

import { incompatible, placeLayers, type GraphLayer, type ModelSpec, type PlacedLayer } from '@fedward/core';
import { inferTypes } from '../types/infer.js';
import type { Network } from './network.js';
import { NetworkWriter } from './writer.js';

/** Where a network drops values while training; its node is a `Dropout` whose output has this name. */
export interface DropoutPlace {
  readonly output: string;
  /** Of the layer in the spec. */
  readonly position: number;
  readonly rate: number;
  /** Of one example, as the spec has it: channels last. */
  readonly shape: readonly number[];
}

const layersOpset = 21;
const activations = { relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid', elu: 'Elu' } as const;

/**
 * All layers of a model as one network. It takes [N, ...inputShape] and gives [N, outputs]; its tensors have the names,
 * shapes and order of the model's layout. Images and signals have their channels last outside and first within, as ONNX's
 * windows have them; dropout, a flat list and a graph see them last, as the spec says. Values of a graph layer are named
 * `<position>.graph.<their name>`, those of the others begin with their position too.
 *
 * @throws {FedwardError} CONFIG_INVALID for layers that do not fit each other; CONFIG_INCOMPATIBLE for graphs of several
 *   versions of ONNX's operators, and for one that does not give what its `outputShape` says
 */
export function networkOf(spec: ModelSpec): Network {
  const opset = opsetOf(spec);
  const writer = new NetworkWriter('input', spec.inputShape);
  const placed = placeLayers(spec);
  placed.forEach((place, position) => addLayer(writer, place, position, opset));
  writer.channelsLast('output');
  return {
    opset,
    input: 'input',
    output: writer.value,
    outputShape: writer.shape,
    nodes: writer.nodes,
    constants: writer.constants,
    tensors: placed.flatMap(({ tensors }) => tensors),
  };
}

/** The places where `networkOf` of this spec drops values: layers of a rate above 0. */
export function dropoutsOf(spec: ModelSpec): DropoutPlace[] {
  return placeLayers(spec).flatMap(({ layer, inputShape }, position) =>
    layer.type === 'dropout' && layer.rate > 0
      ? [{ output: `${position}.dropout`, position, rate: layer.rate, shape: inputShape }]
      : [],
  );
}

function opsetOf({ layers }: ModelSpec): number {
  const opsets = [...new Set(layers.flatMap((layer) => (layer.type === 'graph' ? [layer.opset] : [])))];
  if (opsets.length > 1)
    throw incompatible(
      `graphs of ONNX's operators of versions ${opsets.join(' and ')} make no one network`,
      'model.layers',
    );
  return opsets[0] ?? layersOpset;
}

function addLayer(writer: NetworkWriter, place: PlacedLayer, position: number, opset: number) {
  const { layer, outputShape, tensors } = place;
  const name = `${position}.${layer.type}`;
  const [first, second] = tensors.map((tensor) => tensor.name);
  switch (layer.type) {
    case 'dense':
      writer.channelsLast(name);
      writer.node('Gemm', [writer.value, first!, ...(second ? [second] : [])], name);
      break;
    case 'conv1d':
    case 'conv2d': {
      const size = [layer.kernelSize].flat();
      const strides = [layer.stride].flat();
      const pads = layer.padding === 'same' ? samePads(writer.shape, size, strides) : [...size, ...size].map(() => 0);
      writer.channelsFirst(name);
      const axes = size.map((_, axis) => axis);
      const kernel = writer.side('Transpose', [first!], `${name}/kernel`, {
        perm: [size.length + 1, size.length, ...axes],
      });
      const inputs = [writer.value, kernel, ...(second ? [second] : [])];
      writer.node('Conv', inputs, name, { kernel_shape: size, strides, pads });
      break;
    }
    case 'max-pool1d':
    case 'max-pool2d':
    case 'average-pool1d':
    case 'average-pool2d': {
      const op = layer.type.startsWith('max') ? 'MaxPool' : 'AveragePool';
      writer.channelsFirst(name);
      writer.node(op, [writer.value], name, {
        kernel_shape: [layer.kernelSize].flat(),
        strides: [layer.stride].flat(),
      });
      break;
    }
    case 'flatten':
      writer.channelsLast(name);
      writer.node('Flatten', [writer.value], name, { axis: 1 });
      break;
    case 'scale':
      writer.node('Mul', [writer.value, writer.floats(`${name}/factor`, [layer.factor], [])], name);
      break;
    case 'activation':
      writer.node(activations[layer.function], [writer.value], name);
      break;
    case 'dropout':
      if (layer.rate === 0) break;
      writer.channelsLast(name);
      writer.node('Dropout', [writer.value], name);
      break;
    case 'group-norm':
      addGroupNorm(writer, layer, [first!, second!], name, opset);
      break;
    case 'graph':
      writer.channelsLast(name);
      addGraph(writer, layer, place, name);
  }
  writer.shape = outputShape;
}

/** Wu and He 2018, equations 1 to 6: each group over its channels and all positions. */
function addGroupNorm(
  writer: NetworkWriter,
  { groups, epsilon }: { readonly groups: number; readonly epsilon: number },
  [scale, shift]: readonly [string, string],
  name: string,
  opset: number,
): void {
  const { shape } = writer;
  const channels = shape.at(-1)!;
  const flat = shape.length === 1;
  if (flat) writer.reshape([channels, 1], `${name}/signal`);
  else writer.channelsFirst(name);
  const dims = flat ? [channels, 1] : [channels, ...shape.slice(0, -1)];
  const done = flat ? `${name}/normal` : name;
  if (opset >= layersOpset)
    writer.node('GroupNormalization', [writer.value, scale, shift], done, { num_groups: groups, epsilon });
  else {
    // Before version 21 the operator has one scale a group.
    writer.reshape([groups, dims.reduce((product, n) => product * n, 1) / groups], `${name}/groups`);
    const [ones, zeros] = [1, 0].map((value) =>
      writer.floats(`${name}/${value}`, new Array<number>(groups).fill(value), [groups]),
    );
    writer.node('InstanceNormalization', [writer.value, ones!, zeros!], `${name}/instance`, { epsilon });
    writer.reshape(dims, `${name}/apart`);
    const column = writer.ints(`${name}/column`, [channels, ...dims.slice(1).map(() => 1)]);
    const [own, shifted] = [scale, shift].map((tensor, i) =>
      writer.side('Reshape', [tensor, column], `${name}/${['scale', 'shift'][i]!}`),
    );
    writer.node('Mul', [writer.value, own!], `${name}/scaled`);
    writer.node('Add', [writer.value, shifted!], done);
  }
  if (flat) writer.reshape([channels], name);
}

function addGraph(
  writer: NetworkWriter,
  layer: GraphLayer,
  { inputShape, tensors }: Pick<PlacedLayer, 'inputShape' | 'tensors'>,
  name: string,
): void {
  const given = writer.value;
  const own = (value: string): string => (value === '' ? '' : value === layer.input ? given : `${name}.${value}`);
  const constants = layer.constants.map((constant) => ({ ...constant, name: own(constant.name) }));
  const nodes = layer.nodes.map((node) => ({ ...node, inputs: node.inputs.map(own), outputs: node.outputs.map(own) }));
  const { opset, outputShape } = layer;
  // Layers behind it go by what it says that it gives.
  inferTypes({ opset, input: given, output: own(layer.output), outputShape, nodes, constants, tensors }, inputShape);
  writer.constants.push(...constants);
  writer.nodes.push(...nodes);
  writer.value = own(layer.output);
}

/** Before each dimension, then behind each: ceil(n / stride) windows, the odd one behind, as TensorFlow does. */
function samePads(shape: readonly number[], size: readonly number[], strides: readonly number[]): number[] {
  const all = size.map((kernel, d) =>
    Math.max((Math.ceil(shape[d]! / strides[d]!) - 1) * strides[d]! + kernel - shape[d]!, 0),
  );
  return [...all.map((pad) => Math.floor(pad / 2)), ...all.map((pad) => Math.ceil(pad / 2))];
}

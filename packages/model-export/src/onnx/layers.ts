import { placeLayers, type GraphLayer, type ModelSpec, type Parameters, type PlacedLayer } from '@fedward/core';
import { addForward, inferTypes, type Graph, type Value } from '@fedward/kit-onnx';

/**
 * The layers of a model, in float32.
 * @param features [N, ...inputShape], float32
 * @returns [N, outputs]: logits, values or log hazards
 */
export function addLayers(graph: Graph, spec: ModelSpec, weights: Parameters, features: Value): Value {
  const tensors = new Map(
    weights.layout.tensors.map(({ name, shape, offset, size }) => [
      name,
      { shape, values: weights.values.subarray(offset, offset + size) },
    ]),
  );
  let value = features;
  for (const placed of placeLayers(spec)) {
    const own = placed.tensors.map(({ name }) => tensors.get(name)!);
    value = addLayer(graph, placed, own, value);
  }
  return value;
}

interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const activations = { relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid', elu: 'Elu' } as const;

function addLayer(graph: Graph, placed: PlacedLayer, tensors: readonly Tensor[], input: Value): Value {
  const { layer, inputShape } = placed;
  switch (layer.type) {
    case 'dense': {
      const [kernel, bias] = tensors.map(({ values, shape }) => graph.float32(values, shape));
      return graph.node('Gemm', bias === undefined ? [input, kernel!] : [input, kernel!, bias]);
    }
    case 'conv1d':
    case 'conv2d': {
      const size = [layer.kernelSize].flat();
      const stride = [layer.stride].flat();
      const [kernel, bias] = tensors;
      const channelsFirst = graph.float32(kernelChannelsFirst(kernel!), [
        kernel!.shape.at(-1)!,
        kernel!.shape.at(-2)!,
        ...size,
      ]);
      const inputs = [channelsFirst, ...(bias ? [graph.float32(bias.values, bias.shape)] : [])];
      const pads = layer.padding === 'same' ? samePads(inputShape, size, stride) : size.flatMap(() => [0, 0]);
      return onChannelsFirst(graph, input, size.length, (value) =>
        graph.node('Conv', [value, ...inputs], { kernel_shape: size, strides: stride, pads }),
      );
    }
    case 'max-pool1d':
    case 'max-pool2d':
    case 'average-pool1d':
    case 'average-pool2d': {
      const size = [layer.kernelSize].flat();
      const op = layer.type.startsWith('max') ? 'MaxPool' : 'AveragePool';
      return onChannelsFirst(graph, input, size.length, (value) =>
        graph.node(op, [value], { kernel_shape: size, strides: [layer.stride].flat() }),
      );
    }
    case 'graph':
      return addNetwork(graph, layer, inputShape, tensors, input);
    case 'flatten':
      return graph.node('Flatten', [input], { axis: 1 });
    case 'scale':
      return graph.node('Mul', [input, graph.float32([layer.factor], [])]);
    case 'activation':
      return graph.node(activations[layer.function], [input]);
    case 'dropout':
      return input; // nothing happens to it but while training
    case 'group-norm':
      return addGroupNorm(graph, layer, inputShape, tensors, input);
  }
}

/** A network of its own, its values under names of this graph. */
function addNetwork(
  graph: Graph,
  layer: GraphLayer,
  inputShape: readonly number[],
  tensors: readonly Tensor[],
  input: Value,
): Value {
  const values = tensors.map(({ values, shape }) => graph.float32(values, shape));
  const named = new Map(layer.tensors.map(({ name }, i) => [name, values[i]!]));
  return addForward(graph, layer, inferTypes(layer, inputShape), { input, tensors: named }, false).output;
}

/** Each example's channels in groups, normalised over the group and all positions (Wu and He 2018, equation 1). */
function addGroupNorm(
  graph: Graph,
  { groups, epsilon }: { readonly groups: number; readonly epsilon: number },
  shape: readonly number[],
  [scale, shift]: readonly Tensor[],
  input: Value,
): Value {
  const channels = shape.at(-1)!;
  const positions = shape.slice(0, -1).reduce((product, n) => product * n, 1);
  const share = graph.float32([1 / ((positions * channels) / groups)], []);
  // As a sum, which is written alike in all versions of the operators; a mean is not.
  const mean = (value: Value): Value =>
    graph.node('Mul', [graph.node('ReduceSum', [value, graph.int64([1, 3])], { keepdims: 1 }), share]);
  const grouped = graph.node('Reshape', [input, graph.int64([0, positions, groups, channels / groups])]);
  const centered = graph.node('Sub', [grouped, mean(grouped)]);
  const variance = mean(graph.node('Mul', [centered, centered]));
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.float32([epsilon], [])])]);
  const normal = graph.node('Reshape', [graph.node('Div', [centered, deviation]), graph.int64([0, ...shape])]);
  const scaled = graph.node('Mul', [normal, graph.float32(scale!.values, scale!.shape)]);
  return graph.node('Add', [scaled, graph.float32(shift!.values, shift!.shape)]);
}

/** ONNX's windows slide over [N, channels, ...positions]. */
function onChannelsFirst(graph: Graph, input: Value, positions: number, slide: (value: Value) => Value): Value {
  const dimensions = Array.from({ length: positions }, (_, d) => d);
  const first = graph.node('Transpose', [input], { perm: [0, positions + 1, ...dimensions.map((d) => d + 1)] });
  return graph.node('Transpose', [slide(first)], { perm: [0, ...dimensions.map((d) => d + 2), 1] });
}

/** [...size, in, out] as [out, in, ...size]. */
function kernelChannelsFirst({ shape, values }: Tensor): Float32Array {
  const [inputs, outputs] = [shape.at(-2)!, shape.at(-1)!];
  const positions = values.length / (inputs * outputs);
  const turned = new Float32Array(values.length);
  for (let p = 0; p < positions; p++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++)
        turned[(o * inputs + i) * positions + p] = values[(p * inputs + i) * outputs + o]!;
  return turned;
}

/** Before each dimension, then behind each: ceil(n / stride) windows, the odd one behind, as TensorFlow does. */
function samePads(shape: readonly number[], size: readonly number[], stride: readonly number[]): number[] {
  const all = size.map((kernel, d) =>
    Math.max((Math.ceil(shape[d]! / stride[d]!) - 1) * stride[d]! + kernel - shape[d]!, 0),
  );
  return [...all.map((pad) => Math.floor(pad / 2)), ...all.map((pad) => Math.ceil(pad / 2))];
}

import { FedwardError } from '../base/errors.js';
import { createLayout, type Layout } from '../parameters/parameters.js';
import type { LayerSpec, ModelSpec } from './spec.js';

/** A layer with the shapes that it has in its model. */
export interface PlacedLayer {
  readonly layer: LayerSpec;
  /** Shape of one example before and after the layer. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** The layer's tensors, named `<position>.<type>.<kernel|bias|scale|shift>`, those of a graph `<position>.graph.<its own name>`. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Of parameters, and of the values that one example has between two layers: 1 GiB of float32. */
const mostValues = 2 ** 28;

/**
 * Every layer with its shapes.
 * @throws {FedwardError} CONFIG_INVALID where a layer can't follow the one before it, or the loss does not fit
 */
export function placeLayers(spec: ModelSpec): PlacedLayer[] {
  let shape: readonly number[] = spec.inputShape;
  let parameters = 0;
  if (sizeOfShape(shape) > mostValues) {
    const message = `model.inputShape [${shape}]: no example has more than ${mostValues} values`;
    throw new FedwardError('CONFIG_INVALID', message, 'model.inputShape');
  }
  const placed = spec.layers.map((layer, index) => {
    const inputShape = shape;
    const refuse = (why: string): never => {
      const key = `model.layers.${index}`;
      throw new FedwardError('CONFIG_INVALID', `${key} (${layer.type}) after shape [${inputShape}]: ${why}`, key);
    };
    const { outputShape, tensors = [] } = apply(layer, inputShape, refuse);
    shape = outputShape;
    parameters += tensors.reduce((sum, [, shape]) => sum + sizeOfShape(shape), 0);
    if (parameters > mostValues) refuse(`the model has ${parameters} parameters or more; the most is ${mostValues}`);
    if (sizeOfShape(shape) > mostValues) refuse(`it gives [${shape}], more than ${mostValues} values an example`);
    const named = tensors.map(([role, shape]) => ({ name: `${index}.${layer.type}.${role}`, shape }));
    return { layer, inputShape, outputShape, tensors: named };
  });
  const classes = spec.loss === 'softmax-cross-entropy';
  if (shape.length !== 1 || (classes ? shape[0]! < 2 : shape[0] !== 1)) {
    const wanted = classes ? 'two or more outputs, one a class' : 'one output';
    const message = `model.loss ${spec.loss} needs ${wanted}, the last layer gives [${shape}]`;
    throw new FedwardError('CONFIG_INVALID', message, 'model.loss');
  }
  return placed;
}

function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** A tensor's role, or its name in a graph, and its shape. */
type OwnTensor = readonly [role: string, shape: readonly number[]];

/** What a layer makes of the shape of one example, and its tensors in their order. */
function apply(
  layer: LayerSpec,
  shape: readonly number[],
  refuse: (why: string) => never,
): { readonly outputShape: readonly number[]; readonly tensors?: readonly OwnTensor[] } {
  const channels = shape.at(-1)!;
  const needRank = (rank: number): void => {
    if (shape.length !== rank) refuse(`needs ${rank} dimension${rank > 1 ? 's' : ''}`);
  };
  const weights = (kernel: readonly number[], bias: boolean): OwnTensor[] => [
    ['kernel', kernel],
    ...(bias ? [['bias', [kernel.at(-1)!]] as const] : []),
  ];
  /** Positions of a window in each dimension but the channels'. `same` pads to ceil(n / stride), as TensorFlow does. */
  const slide = (kernel: number[], stride: number[], padding: 'valid' | 'same' = 'valid'): number[] => {
    needRank(kernel.length + 1);
    const ends = kernel.map((size, d) => (padding === 'same' ? shape[d]! : shape[d]! - size + 1));
    if (ends.some((end) => end < 1)) refuse('the window is larger than its input');
    return ends.map((end, d) => Math.ceil(end / stride[d]!));
  };
  switch (layer.type) {
    case 'dense':
      needRank(1);
      return { outputShape: [layer.units], tensors: weights([channels, layer.units], layer.bias) };
    case 'conv1d':
    case 'conv2d': {
      const kernel = [layer.kernelSize].flat();
      return {
        outputShape: [...slide(kernel, [layer.stride].flat(), layer.padding), layer.filters],
        tensors: weights([...kernel, channels, layer.filters], layer.bias),
      };
    }
    case 'max-pool1d':
    case 'average-pool1d':
    case 'max-pool2d':
    case 'average-pool2d':
      return { outputShape: [...slide([layer.kernelSize].flat(), [layer.stride].flat()), channels] };
    case 'flatten':
      return { outputShape: [shape.reduce((product, n) => product * n, 1)] };
    case 'group-norm':
      if (channels % layer.groups !== 0) refuse(`${channels} channels don't divide into ${layer.groups} groups`);
      return {
        outputShape: shape,
        tensors: [
          ['scale', [channels]],
          ['shift', [channels]],
        ],
      };
    case 'graph':
      return { outputShape: layer.outputShape, tensors: layer.tensors.map(({ name, shape }) => [name, shape]) };
    case 'scale':
    case 'activation':
    case 'dropout':
      return { outputShape: shape };
  }
}

/** The flat layout of a model's parameters, the same for every trainer. */
export function layoutOf(spec: ModelSpec): Layout {
  return createLayout(placeLayers(spec).flatMap(({ tensors }) => tensors));
}

/** Number of values that the model gives for one example. */
export function outputSize(spec: ModelSpec): number {
  return placeLayers(spec).at(-1)!.outputShape[0]!;
}

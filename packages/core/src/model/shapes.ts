import { FedwardError } from '../errors.js';
import { createLayout, type Layout } from '../parameters.js';
import type { LayerSpec, ModelSpec } from './spec.js';

export interface PlacedLayer {
  readonly layer: LayerSpec;
  /** Shape of one example before and after the layer. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** The layer's tensors, named `<position>.<type>.<kernel|bias|scale|shift>`. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Output positions of a window over `n` positions. `same` pads to ceil(n / stride), as TensorFlow does. */
function positions(n: number, kernel: number, stride: number, padding: 'valid' | 'same'): number {
  return padding === 'same' ? Math.ceil(n / stride) : Math.floor((n - kernel) / stride) + 1;
}

/**
 * Every layer with its shapes.
 * @throws {FedwardError} CONFIG_INVALID where a layer can't follow the one before it, or the loss does not fit
 */
export function placeLayers(spec: ModelSpec): PlacedLayer[] {
  let shape: readonly number[] = spec.inputShape;
  const placed = spec.layers.map((layer, index): PlacedLayer => {
    const refuse = (why: string): never => {
      const key = `model.layers.${index}`;
      throw new FedwardError('CONFIG_INVALID', `${key} (${layer.type}) after shape [${shape.join(', ')}]: ${why}`, key);
    };
    const needRank = (rank: number): void => {
      if (shape.length !== rank) refuse(`needs ${rank} dimension${rank > 1 ? 's' : ''}`);
    };
    const channels = shape.at(-1)!;
    const withBias = (kernelShape: number[], units: number, bias: boolean) => [
      { name: `${index}.${layer.type}.kernel`, shape: kernelShape },
      ...(bias ? [{ name: `${index}.${layer.type}.bias`, shape: [units] }] : []),
    ];
    let outputShape: readonly number[] = shape;
    let tensors: PlacedLayer['tensors'] = [];
    switch (layer.type) {
      case 'dense':
        needRank(1);
        outputShape = [layer.units];
        tensors = withBias([channels, layer.units], layer.units, layer.bias);
        break;
      case 'conv1d':
        needRank(2);
        outputShape = [positions(shape[0]!, layer.kernelSize, layer.stride, layer.padding), layer.filters];
        tensors = withBias([layer.kernelSize, channels, layer.filters], layer.filters, layer.bias);
        break;
      case 'conv2d':
        needRank(3);
        outputShape = [
          positions(shape[0]!, layer.kernelSize[0], layer.stride[0], layer.padding),
          positions(shape[1]!, layer.kernelSize[1], layer.stride[1], layer.padding),
          layer.filters,
        ];
        tensors = withBias([...layer.kernelSize, channels, layer.filters], layer.filters, layer.bias);
        break;
      case 'max-pool1d':
      case 'average-pool1d':
        needRank(2);
        outputShape = [positions(shape[0]!, layer.kernelSize, layer.stride, 'valid'), channels];
        break;
      case 'max-pool2d':
      case 'average-pool2d':
        needRank(3);
        outputShape = [
          positions(shape[0]!, layer.kernelSize[0], layer.stride[0], 'valid'),
          positions(shape[1]!, layer.kernelSize[1], layer.stride[1], 'valid'),
          channels,
        ];
        break;
      case 'flatten':
        outputShape = [shape.reduce((product, n) => product * n, 1)];
        break;
      case 'group-norm':
        if (channels % layer.groups !== 0) refuse(`${channels} channels don't divide into ${layer.groups} groups`);
        tensors = [
          { name: `${index}.group-norm.scale`, shape: [channels] },
          { name: `${index}.group-norm.shift`, shape: [channels] },
        ];
        break;
      case 'activation':
      case 'dropout':
        break;
    }
    if (!outputShape.every((n) => n >= 1)) refuse(`the window is larger than its input`);
    const result = { layer, inputShape: shape, outputShape, tensors };
    shape = outputShape;
    return result;
  });
  checkLoss(spec, shape);
  return placed;
}

function checkLoss(spec: ModelSpec, output: readonly number[]): void {
  const wanted = spec.loss === 'softmax-cross-entropy' ? 'two or more outputs, one a class' : 'one output';
  const fits = output.length === 1 && (spec.loss === 'softmax-cross-entropy' ? output[0]! >= 2 : output[0] === 1);
  if (!fits)
    throw new FedwardError(
      'CONFIG_INVALID',
      `model.loss ${spec.loss} needs ${wanted}, the last layer gives [${output.join(', ')}]`,
      'model.loss',
    );
}

/** The flat layout of a model's parameters, the same for every trainer. */
export function layoutOf(spec: ModelSpec): Layout {
  return createLayout(placeLayers(spec).flatMap(({ tensors }) => tensors));
}

/** Number of values that the model gives for one example. */
export function outputSize(spec: ModelSpec): number {
  return placeLayers(spec).at(-1)!.outputShape[0]!;
}

import { modelSpecSchema, parseWith, placeLayers, type ModelSpec, type ModelSpecInput } from '@fedward/core';

type Layers = ModelSpecInput['layers'];

/** The activation between layers. Under differential privacy `tanh` bounds what a record can say (Papernot et al. 2021). */
export type Activation = 'relu' | 'tanh' | 'elu';

/** What all blocks of a network have in common. */
export interface BlockStyle {
  /** Side of each kernel, odd. */
  readonly kernelSize: number;
  readonly activation: Activation;
  /** Groups of the group norm after each convolution; 0: none. The filters of each block are a multiple of it. */
  readonly groups: number;
}

/**
 * Blocks of convolution (`same` padding), group norm, activation and max pooling by two, one for each number of filters.
 * A side that is shorter than two is not pooled further, so that any input has a network.
 *
 * Group norm (Wu and He 2018) and not batch norm: it looks at each example alone, so that hospitals need not share
 * statistics and each example's gradient can be clipped.
 *
 * @param inputShape [width, channels] or [height, width, channels]
 * @param filters of each block, in order
 */
export function convolutionBlocks(
  inputShape: readonly number[],
  filters: readonly number[],
  style: BlockStyle,
): Layers {
  const { kernelSize, activation, groups } = style;
  const sides = inputShape.slice(0, -1);
  return filters.flatMap((filters): Layers => {
    const window = sides.map((side) => Math.min(2, side));
    sides.forEach((side, axis) => (sides[axis] = Math.floor(side / window[axis]!)));
    return [
      inputShape.length === 2
        ? { type: 'conv1d', filters, kernelSize, padding: 'same' }
        : { type: 'conv2d', filters, kernelSize: [kernelSize, kernelSize], padding: 'same' },
      ...(groups > 0 ? [{ type: 'group-norm' as const, groups }] : []),
      { type: 'activation', function: activation },
      ...poolOf(window),
    ];
  });
}

function poolOf(window: readonly number[]): Layers {
  if (window.every((size) => size === 1)) return [];
  const [height, width] = window;
  return window.length === 1
    ? [{ type: 'max-pool1d', kernelSize: height!, stride: height! }]
    : [{ type: 'max-pool2d', kernelSize: [height!, width!], stride: [height!, width!] }];
}

/** Averages over all positions that are left, so that a last dense layer has as many inputs as there are channels. */
export function averageOverAll(shape: readonly number[]): Layers {
  const [height, width] = shape;
  if (shape.length === 2) return height === 1 ? [] : [{ type: 'average-pool1d', kernelSize: height!, stride: height! }];
  return height === 1 && width === 1
    ? []
    : [{ type: 'average-pool2d', kernelSize: [height!, width!], stride: [height!, width!] }];
}

/** The shape of one example behind some layers. */
export function shapeBehind(inputShape: readonly number[], layers: Layers): readonly number[] {
  const probe = [...layers, { type: 'flatten' as const }, { type: 'dense' as const, units: 1 }];
  return placeLayers(checked(inputShape, probe, 'squared-error')).at(-2)!.inputShape;
}

/** The spec of some layers, checked. @throws {FedwardError} CONFIG_INVALID naming the key */
export function checked(inputShape: readonly number[], layers: Layers, loss: ModelSpec['loss']): ModelSpec {
  const spec = parseWith(modelSpecSchema, { inputShape: [...inputShape], layers, loss }, 'the model');
  placeLayers(spec);
  return spec;
}

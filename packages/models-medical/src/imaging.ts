import { assertThat, type ModelSpec } from '@fedward/core';
import { averageOverAll, checked, convolutionBlocks, shapeBehind, type Activation } from './conv-blocks.js';
import type { Head } from './head.js';

/** Of `imagingCnn`. */
export interface ImagingCnnOptions extends Head {
  /** [height, width, channels]. */
  readonly inputShape: readonly number[];
  /** Filters of each block, multiples of `groups`. Default: 8, 16, 32, 64, 64, ... for as many blocks as the size allows. */
  readonly filters?: readonly number[];
  /** Default 4; 0: no group norm. */
  readonly groups?: number;
  /** Default `relu`. */
  readonly activation?: Activation;
  /** Rate of the dropout before the last layer, in [0, 1). Default 0: none. */
  readonly dropout?: number;
  /** Whether channels are averaged over what positions are left, so that the last layer is small. Default false. */
  readonly average?: boolean;
}

/** The last block leaves fewer positions on a side than this. */
const lastSide = 6;
const mostFilters = 64;

/**
 * A convolutional network for images: blocks of 3 x 3 convolution, group norm, relu and 2 x 2 max pooling, then one dense
 * layer. For 28 x 28 pixels and two classes three blocks (8, 16, 32 filters) and 6,578 parameters.
 *
 * @throws {FedwardError} ARGUMENT_INVALID, subject `inputShape`, for what is no image; CONFIG_INVALID naming the key for
 * options that make no model
 */
export function imagingCnn(options: ImagingCnnOptions): ModelSpec {
  const { inputShape, outputs, loss, groups = 4, activation = 'relu', dropout = 0, average = false } = options;
  assertImage(inputShape);
  const filters = options.filters ?? doubling(8, Math.min(inputShape[0]!, inputShape[1]!));
  const blocks = convolutionBlocks(inputShape, filters, { kernelSize: 3, activation, groups });
  return checked(
    inputShape,
    [
      ...blocks,
      ...(average ? averageOverAll(shapeBehind(inputShape, blocks)) : []),
      { type: 'flatten' },
      ...(dropout === 0 ? [] : [{ type: 'dropout' as const, rate: dropout }]),
      { type: 'dense', units: outputs },
    ],
    loss,
  );
}

/**
 * As many filters as before, twice as many in each further block, up to 64, until a block leaves fewer than 6 positions
 * on the shorter side.
 */
function doubling(first: number, side: number): number[] {
  const filters = [first];
  for (let left = side >> 1; left >= lastSide; left >>= 1) filters.push(Math.min(mostFilters, 2 * filters.at(-1)!));
  return filters;
}

function assertImage(inputShape: readonly number[]): void {
  assertThat(
    inputShape.length === 3,
    'inputShape',
    `an image has the shape [height, width, channels], the data has [${inputShape.join(', ')}]`,
  );
}

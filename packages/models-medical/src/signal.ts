import { assertThat, type ModelSpec } from '@fedward/core';
import { averageOverAll, checked, convolutionBlocks, shapeBehind, type Activation } from './conv-blocks.js';
import type { Head } from './head.js';

/** Of `signalCnn`. */
export interface SignalCnnOptions extends Head {
  /** [samples, channels]: leads of an ECG, axes of an accelerometer. */
  readonly inputShape: readonly number[];
  /** Filters of each block, multiples of `groups`. Default: 16, 32, 64, 64, ... for as many blocks as the length allows. */
  readonly filters?: readonly number[];
  /** Samples that each filter sees, odd. Default 7. */
  readonly kernelSize?: number;
  /** Default 4; 0: no group norm. */
  readonly groups?: number;
  /** Default `relu`. */
  readonly activation?: Activation;
  /** Rate of the dropout before the last layer, in [0, 1). Default 0: none. */
  readonly dropout?: number;
  /**
   * Whether channels are averaged over what samples are left: for what may be anywhere in a window. Default false: the last
   * layer knows where it was, as heartbeats that are cut out about their peak need it.
   */
  readonly average?: boolean;
}

/** The last block leaves fewer samples than this. */
const lastLength = 16;
const mostFilters = 64;

/**
 * A one-dimensional convolutional network for signals: blocks of convolution, group norm, relu and max pooling by two,
 * then one dense layer. With `average` it is near the fully convolutional network of Wang, Yan and Oates 2017
 * (arXiv:1611.06455), with pooling between blocks.
 *
 * @throws {FedwardError} ARGUMENT_INVALID, subject `inputShape`, for what is no signal; CONFIG_INVALID naming the key for
 * options that make no model
 */
export function signalCnn(options: SignalCnnOptions): ModelSpec {
  const { inputShape, outputs, loss, kernelSize = 7, groups = 4, activation = 'relu' } = options;
  const { dropout = 0, average = false } = options;
  assertThat(
    inputShape.length === 2,
    'inputShape',
    `a signal has the shape [samples, channels], the data has [${inputShape.join(', ')}]`,
  );
  const filters = options.filters ?? doubling(16, inputShape[0]!);
  const blocks = convolutionBlocks(inputShape, filters, { kernelSize, activation, groups });
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

function doubling(first: number, length: number): number[] {
  const filters = [first];
  for (let left = length >> 1; left >= lastLength; left >>= 1) filters.push(Math.min(mostFilters, 2 * filters.at(-1)!));
  return filters;
}

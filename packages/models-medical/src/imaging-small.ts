import type { ModelSpec } from '@fedward/core';
import { imagingCnn, type ImagingCnnOptions } from './imaging.js';

/**
 * A small convolutional network for images, for training under differential privacy: blocks of 8 and 16 filters, group norm
 * and tanh. Noise is added to each weight, so that few weights have more to say than many (2,866 for 28 x 28 pixels and two
 * classes), and tanh bounds what one record moves (Papernot et al. 2021, arXiv:2007.14191).
 *
 * @throws {FedwardError} ARGUMENT_INVALID, subject `inputShape`, for what is no image; CONFIG_INVALID naming the key for
 * options that make no model
 */
export function imagingCnnSmall(options: ImagingCnnOptions): ModelSpec {
  return imagingCnn({ filters: [8, 16], activation: 'tanh', ...options });
}

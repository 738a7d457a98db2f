import { assertInteger, type ModelSpec, type ModelSpecInput } from '@fedward/core';
import { checked } from './conv-blocks.js';
import type { Head } from './head.js';

/** Of `wideLinear`. */
export interface WideLinearOptions extends Head {
  /** Any shape; thousands of features. */
  readonly inputShape: readonly number[];
}

/**
 * A linear model of many more features than patients: one dense layer behind a scale of 1 / sqrt(features).
 *
 * With features of size 1 a record then has a norm near 1, whatever their number, so that one learning rate fits 100 and
 * 100,000 of them, and the bias learns as fast as all the features together. The factor is public: nothing of it is taken
 * from data. Of all the models that part the training records, gradient descent from small weights goes towards the one
 * with the widest margin (Soudry et al. 2018), which is why so wide a model needs no penalty.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the key for options that make no model
 */
export function wideLinear({ inputShape, outputs, loss }: WideLinearOptions): ModelSpec {
  return checked(inputShape, [...scaledInput(inputShape), { type: 'dense', units: outputs }], loss);
}

/** Of `lowRank`. */
export interface LowRankOptions extends WideLinearOptions {
  /** Number of directions that all features are summed up in, >= 1. Default 8. */
  readonly rank?: number;
}

/**
 * A linear model whose weights have a low rank: features are projected on a few directions without a bias, and a dense layer
 * reads these. With several classes it has features * rank weights instead of features * classes, and the classes share
 * directions; what it learns is linear, so that the directions can be looked at.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for a rank below 1; CONFIG_INVALID naming the key
 */
export function lowRank({ inputShape, outputs, loss, rank = 8 }: LowRankOptions): ModelSpec {
  assertInteger('rank', rank, 1);
  return checked(
    inputShape,
    [...scaledInput(inputShape), { type: 'dense', units: rank, bias: false }, { type: 'dense', units: outputs }],
    loss,
  );
}

function scaledInput(inputShape: readonly number[]): ModelSpecInput['layers'] {
  const features = inputShape.reduce((product, n) => product * n, 1);
  return [
    ...(inputShape.length > 1 ? [{ type: 'flatten' as const }] : []),
    ...(features > 1 ? [{ type: 'scale' as const, factor: 1 / Math.sqrt(features) }] : []),
  ];
}

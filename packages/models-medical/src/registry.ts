import type { ModelSpec } from '@fedward/core';
import { linearShape, logisticShape, scaledLogisticShape, tutorialShape } from './tabular.js';

/** What a data set says of itself to a model. */
export interface ModelOptions {
  /** Shape of one example: [features], [width, channels] or [height, width, channels]. */
  readonly inputShape: readonly number[];
  /** Number of classes, >= 2; 1 where a value is to be predicted. */
  readonly classes: number;
}

/** Makes a model spec for data of a shape. */
export type ModelFactory = (options: ModelOptions) => ModelSpec;

/** The models by the names that the command line and a scenario know them by. */
export const models: Readonly<Record<string, ModelFactory>> = {
  /** The tutorial's two hidden layers. */
  mlp: ({ inputShape, classes }) => tutorialShape(inputShape, classes),
  /** Softmax logistic regression. */
  logistic: ({ inputShape, classes }) => logisticShape(inputShape, classes),
  /** Logistic regression whose bias learns beside many features, for training with little noise to spare. */
  'logistic-scaled': ({ inputShape, classes }) => scaledLogisticShape(inputShape, classes),
  /** Linear regression of a value. */
  linear: ({ inputShape, classes }) => linearShape(inputShape, classes),
};

import { assertThat, isFedwardError, type ModelSpec } from '@fedward/core';
import { lowRank, wideLinear } from './genomics.js';
import { headOf, onlyFor, type ModelOptions } from './head.js';
import { imagingCnnSmall } from './imaging-small.js';
import { imagingCnn } from './imaging.js';
import { resnet18 } from './residual/resnet18.js';
import { signalCnn } from './signal.js';
import { coxLinear } from './survival.js';
import { linearShape, logisticShape, scaledLogisticShape, tutorialShape } from './tabular.js';

/** Makes a model spec for data of a shape and a label. */
export type ModelFactory = (options: ModelOptions) => ModelSpec;

/**
 * The models by the names that the command line and a scenario know them by. Each throws ARGUMENT_INVALID for data that it
 * is not for: subject `classes` where the label is of another kind, `inputShape` where the examples are.
 */
export const models: Readonly<Record<string, ModelFactory>> = {
  /** The tutorial's two hidden layers. */
  mlp: (data) => onlyFor('mlp', 'class', data) && tutorialShape(data.inputShape, data.classes),
  /** Softmax logistic regression. */
  logistic: (data) => onlyFor('logistic', 'class', data) && logisticShape(data.inputShape, data.classes),
  /** Logistic regression whose bias learns beside many features, for training with little noise to spare. */
  'logistic-scaled': (data) =>
    onlyFor('logistic-scaled', 'class', data) && scaledLogisticShape(data.inputShape, data.classes),
  /** Linear regression of a value. */
  linear: (data) => onlyFor('linear', 'value', data) && linearShape(data.inputShape, data.classes),
  /** Linear model of a time to an event: proportional hazards. */
  cox: (data) => onlyFor('cox', 'time-to-event', data) && coxLinear(data),
  /** Convolutional network for images. */
  'imaging-cnn': (data) => imagingCnn({ ...data, ...headOf(data) }),
  /** A small one, for training under differential privacy. */
  'imaging-cnn-small': (data) => imagingCnnSmall({ ...data, ...headOf(data) }),
  /** ResNet-18 for small images, for the trainer onnx. */
  resnet18: (data) => resnet18({ ...data, ...headOf(data) }),
  /** One-dimensional convolutional network for signals. */
  'signal-cnn': (data) => signalCnn({ ...data, ...headOf(data) }),
  /** Linear model of thousands of features. */
  'wide-linear': (data) => wideLinear({ ...data, ...headOf(data) }),
  /** Linear model of thousands of features, by way of a few directions. */
  'low-rank': (data) => lowRank({ ...data, ...headOf(data) }),
};

/**
 * The names of the models that are for such data, in the order of `models`.
 * @throws {FedwardError} ARGUMENT_INVALID for a number of classes that no label has, and for labels that contradict it
 */
export function modelsFor(data: ModelOptions): string[] {
  headOf(data);
  return Object.keys(models).filter((name) => {
    try {
      models[name]!(data);
      return true;
    } catch (error) {
      if (isFedwardError(error) && error.code === 'ARGUMENT_INVALID') return false;
      throw error;
    }
  });
}

/** More features than this are wide: thousands of genes, and seldom as many patients. */
const wide = 1000;

/**
 * The name of the model to begin with: for images [height, width, channels] a convolutional network, for signals [width,
 * channels] a one-dimensional one, for a time to an event Cox's, for features a linear model that fits their number.
 *
 * @param isPrivate whether each step adds noise: of the networks the small one, of linear models the scaled one
 * @throws {FedwardError} ARGUMENT_INVALID as `modelsFor`
 */
export function defaultModelFor(data: ModelOptions, isPrivate = false): string {
  const { loss } = headOf(data);
  const { inputShape } = data;
  if (loss === 'cox') return 'cox';
  if (inputShape.length === 3) return isPrivate ? 'imaging-cnn-small' : 'imaging-cnn';
  if (inputShape.length === 2) return 'signal-cnn';
  assertThat(inputShape.length === 1, 'inputShape', `an example has 1 to 3 dimensions, got ${inputShape.length}`);
  if (inputShape[0]! > wide) return 'wide-linear';
  if (loss === 'squared-error') return 'linear';
  return isPrivate ? 'logistic-scaled' : 'logistic';
}

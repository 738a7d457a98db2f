import { assertInteger, assertThat, type ModelSpec } from '@fedward/core';
import { mlp } from './mlp.js';

/** Of `tutorialMlp`. */
export interface TutorialMlpOptions {
  /** Number of features, >= 1. Default 100. */
  readonly inputSize?: number;
  /** Number of classes, >= 2. Default 2. */
  readonly classes?: number;
}

/**
 * The `MedicalModel` of Unbitrium's tutorial 041: dense 64, relu, dropout 0.3, dense 32, relu, dropout 0.3,
 * dense classes, under softmax cross-entropy. 8,610 parameters at its defaults.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for fewer than 1 feature or 2 classes
 */
export function tutorialMlp({ inputSize = 100, classes = 2 }: TutorialMlpOptions = {}): ModelSpec {
  assertInteger('inputSize', inputSize, 1);
  return tutorialShape([inputSize], classes);
}

/** The tutorial's layers behind an input of any shape. */
export function tutorialShape(inputShape: readonly number[], classes: number): ModelSpec {
  assertInteger('classes', classes, 2);
  return mlp({ inputShape, hidden: [64, 32], dropout: 0.3, outputs: classes, loss: 'softmax-cross-entropy' });
}

/** Of `logisticRegression`. */
export interface LogisticRegressionOptions {
  /** Number of features, >= 1. */
  readonly inputSize: number;
  /** Number of classes, >= 2. Default 2. */
  readonly classes?: number;
  /** Default `softmax-cross-entropy`. `sigmoid-cross-entropy` is for two classes. */
  readonly loss?: 'softmax-cross-entropy' | 'sigmoid-cross-entropy';
}

/**
 * Multinomial logistic regression: one dense layer.
 *
 * By default each class has an output, for two classes too, so that whatever reads the model's outputs is the
 * same for any number of classes. With `sigmoid-cross-entropy` two classes share one output, the log-odds of
 * class 1: the same family of models with half the parameters. Training differs: under softmax the log-odds
 * are the difference of two outputs, both of which move, so that plain gradient descent goes twice as far
 * at the same learning rate. Published results of one form (FLamby's Fed-Heart-Disease has the sigmoid) are to
 * be repeated in that form.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for fewer than 1 feature or 2 classes, or more than 2 under sigmoid
 */
export function logisticRegression({ inputSize, classes = 2, loss }: LogisticRegressionOptions): ModelSpec {
  assertInteger('inputSize', inputSize, 1);
  return logisticShape([inputSize], classes, loss);
}

/** Logistic regression behind an input of any shape. */
export function logisticShape(
  inputShape: readonly number[],
  classes: number,
  loss: NonNullable<LogisticRegressionOptions['loss']> = 'softmax-cross-entropy',
): ModelSpec {
  assertInteger('classes', classes, 2);
  const sigmoid = loss === 'sigmoid-cross-entropy';
  assertThat(!sigmoid || classes === 2, 'classes', `${loss} is for 2 classes, got ${classes}`);
  return mlp({ inputShape, hidden: [], outputs: sigmoid ? 1 : classes, loss });
}

/**
 * Logistic regression under differential privacy: `logisticShape` behind a scale of 2 / sqrt(features).
 *
 * DP-SGD clips a record's gradient, (p - y) times its features and the constant 1 of the bias, as a whole. Of features of
 * size 1 the bias is then so small a part (1 / sqrt(features)) that it hardly learns before the noise of the steps has
 * added up: the order of patients is right and the threshold is not. In units in which a record has a norm near 2, both
 * learn in a few steps. The factor is public: nothing of it is taken from data.
 */
export function scaledLogisticShape(inputShape: readonly number[], classes: number): ModelSpec {
  const { layers, ...model } = logisticShape(inputShape, classes);
  const features = inputShape.reduce((product, n) => product * n, 1);
  const last = layers.at(-1)!;
  return { ...model, layers: [...layers.slice(0, -1), { type: 'scale', factor: 2 / Math.sqrt(features) }, last] };
}

/**
 * Linear regression: one dense layer with one output, under squared error. For data without classes.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for classes, whose numbers are names and not values
 */
export function linearShape(inputShape: readonly number[], classes: number): ModelSpec {
  assertThat(classes === 1, 'classes', `linear regression predicts a value, the data has ${classes} classes`);
  return mlp({ inputShape, hidden: [], outputs: 1, loss: 'squared-error' });
}

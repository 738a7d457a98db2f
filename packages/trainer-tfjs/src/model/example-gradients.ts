import { scaleToClip, squaredNorm } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradients of one parameter tensor by example, in the form in which backpropagation gives them, so that norms
 * and weighted sums need not write out one gradient an example. Values are row-major, shapes free.
 */
export interface TensorGradients {
  /**
   * [batch]: squared L2 norm of each example's gradient, of the values that `weightedSum` weighs. In float64, in plain
   * numbers: in float32 the squares of small values vanish, and sums of many miss some.
   */
  squaredNorms(): Float64Array;
  /** sum_i weights_i g_i; weights [batch] in [0, 1] (see `clipFactor` of core), all 1 if absent. */
  weightedSum(weights?: Float32Array): tf.Tensor;
  /** [batch, size] */
  each(): tf.Tensor2D;
}

/** Those of several tensors, in the layout's order. */
export type ExampleGradients = readonly TensorGradients[];

/** Gradients that are there as [batch, ...shape], for small tensors. */
export function writtenOut(gradients: readonly tf.Tensor[]): ExampleGradients {
  return gradients.map((gradient) => {
    const each = () => tf.reshape(gradient, [gradient.shape[0]!, -1]) as tf.Tensor2D;
    return {
      each,
      squaredNorms: () => squaredRowNorms(each()),
      weightedSum: (weights) => (weights ? weightedRows(each(), weights) : tf.sum(gradient, 0)),
    };
  });
}

/**
 * Kernel and bias of a layer y_p = x_p W + b that is applied at every position p: with d_p the gradient of the
 * loss by y_p, example i has the gradients sum_p x_ip d_ip^T and sum_p d_ip.
 *
 * With one position the squared norms are |x|^2 |d|^2 and |d|^2 (Goodfellow 2015, arXiv:1510.01799) and the weighted
 * sum X^T diag(weights) D: an ordinary backward pass, and no gradient of a single example is ever written out.
 *
 * @param input [batch, positions, in]
 * @param outputGradient [batch, positions, out]
 */
export function linearGradients(input: tf.Tensor3D, outputGradient: tf.Tensor3D, bias: boolean): ExampleGradients {
  const [batch, positions, inputs] = input.shape;
  const outputs = outputGradient.shape[2];
  const rows = (t: tf.Tensor3D) => tf.reshape(t, [batch * positions, t.shape[2]]) as tf.Tensor2D;
  // The WASM backend multiplies ten times faster after a transposition than with its transpose flags.
  const kernelSum = (gradient: tf.Tensor2D): tf.Tensor => tf.matMul(tf.transpose(rows(input)), gradient);

  if (positions === 1) {
    const x = rows(input);
    const d = rows(outputGradient);
    const squares = once(() => squaredRowNorms(d));
    const weigh = (weights?: Float32Array) => (weights ? scaledRows(d, weights) : d);
    const kernel: TensorGradients = {
      squaredNorms: () => squaredRowNorms(x).map((square, i) => square * squares()[i]!),
      weightedSum: (weights) => kernelSum(weigh(weights)),
      each: () => {
        const products = tf.mul(tf.reshape(x, [batch, inputs, 1]), tf.reshape(d, [batch, 1, outputs]));
        return tf.reshape(products, [batch, inputs * outputs]) as tf.Tensor2D;
      },
    };
    if (!bias) return [kernel];
    return [kernel, { squaredNorms: squares, weightedSum: (weights) => tf.sum(weigh(weights), 0), each: () => d }];
  }

  const kernelOfEach = once(
    () => tf.reshape(tf.matMul(input, outputGradient, true, false), [batch, inputs * outputs]) as tf.Tensor2D,
  );
  const kernel: TensorGradients = {
    each: kernelOfEach,
    squaredNorms: () => squaredRowNorms(kernelOfEach()),
    weightedSum: (weights) => (weights ? weightedRows(kernelOfEach(), weights) : kernelSum(rows(outputGradient))),
  };
  return bias ? [kernel, ...writtenOut([tf.sum(outputGradient, 1)])] : [kernel];
}

/** 0 for every example: of a tensor that is not trained. */
export function noGradients(batch: number, size: number): TensorGradients {
  return {
    squaredNorms: () => new Float64Array(batch),
    weightedSum: () => tf.zeros([size]),
    each: () => tf.zeros([batch, size]),
  };
}

/** [batch]: squared L2 norm of each example's gradient over all the tensors together. */
export function squaredNorms(gradients: ExampleGradients): Float64Array {
  const [first, ...others] = gradients.map((tensor) => tensor.squaredNorms());
  return others.reduce((sum, term) => sum.map((square, i) => square + term[i]!), first!);
}

function squaredRowNorms(rows: tf.Tensor2D): Float64Array {
  const values = rows.dataSync() as Float32Array;
  const [count, size] = rows.shape;
  return Float64Array.from({ length: count }, (_, i) => squaredNorm(values.subarray(i * size, (i + 1) * size)));
}

/** [batch, size], each row times its factor. */
function scaledRows(rows: tf.Tensor2D, factors: Float32Array): tf.Tensor2D {
  const values = rows.dataSync() as Float32Array;
  const size = rows.shape[1];
  const scaled = new Float32Array(values.length);
  factors.forEach((factor, i) => scaled.set(scaleToClip(values.subarray(i * size, (i + 1) * size), factor), i * size));
  return tf.tensor2d(scaled, rows.shape);
}

/** [batch, parameters] */
export function writeOut(gradients: ExampleGradients): tf.Tensor2D {
  return tf.concat(
    gradients.map((tensor) => tensor.each()),
    1,
  );
}

/** [batch, size] and [batch] -> [size] */
function weightedRows(rows: tf.Tensor2D, weights: Float32Array): tf.Tensor1D {
  return tf.reshape(tf.matMul(tf.tensor2d(weights, [1, weights.length]), rows), [rows.shape[1]]);
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradients of some parameter tensors by example, in the form in which backpropagation gives them, so that
 * norms and weighted sums need not write out one gradient an example. Tensors are in the layout's order; their
 * values are row-major, their shapes free.
 */
export interface ExampleGradients {
  /** [batch]: squared L2 norm of each example's gradient over all the tensors together. */
  squaredNorms(): tf.Tensor1D;
  /** sum_i weights_i g_i for each tensor; weights [batch], all 1 if absent. */
  weightedSum(weights?: tf.Tensor1D): tf.Tensor[];
  /** [batch, size] for each tensor. */
  each(): tf.Tensor2D[];
}

/** Gradients that are there as [batch, ...shape], for small tensors. */
export function writtenOut(gradients: readonly tf.Tensor[]): ExampleGradients {
  const each = () => gradients.map((g) => tf.reshape(g, [g.shape[0]!, -1]) as tf.Tensor2D);
  return {
    each,
    squaredNorms: () => addAll(each().map((g) => tf.sum(tf.square(g), 1) as tf.Tensor1D)),
    weightedSum: (weights) => gradients.map((g, i) => (weights ? weightedRows(each()[i]!, weights) : tf.sum(g, 0))),
  };
}

/**
 * Kernel and bias of a layer y_p = x_p W + b that is applied at every position p: with d_p the gradient of the
 * loss by y_p, example i has the gradients sum_p x_ip d_ip^T and sum_p d_ip.
 *
 * With one position the squared norm is (|x|^2 + 1) |d|^2 (Goodfellow 2015, arXiv:1510.01799) and the weighted
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
  const sum = (gradient: tf.Tensor2D): tf.Tensor[] => {
    const kernel = tf.matMul(tf.transpose(rows(input)), gradient);
    return bias ? [kernel, tf.sum(gradient, 0)] : [kernel];
  };

  if (positions === 1) {
    const x = rows(input);
    const d = rows(outputGradient);
    return {
      squaredNorms: () => {
        const ofInput = tf.sum(tf.square(x), 1);
        return tf.mul(bias ? tf.add(ofInput, 1) : ofInput, tf.sum(tf.square(d), 1));
      },
      weightedSum: (weights) => sum(weights ? tf.mul(d, tf.reshape(weights, [batch, 1])) : d),
      each: () => {
        const kernel = tf.mul(tf.reshape(x, [batch, inputs, 1]), tf.reshape(d, [batch, 1, outputs]));
        const flat = tf.reshape(kernel, [batch, inputs * outputs]) as tf.Tensor2D;
        return bias ? [flat, d] : [flat];
      },
    };
  }

  const eachExample = once(() => {
    const kernel = tf.reshape(tf.matMul(input, outputGradient, true, false), [batch, inputs * outputs]) as tf.Tensor2D;
    return bias ? [kernel, tf.sum(outputGradient, 1) as tf.Tensor2D] : [kernel];
  });
  return {
    each: eachExample,
    squaredNorms: () => writtenOut(eachExample()).squaredNorms(),
    weightedSum: (weights) =>
      weights ? eachExample().map((gradients) => weightedRows(gradients, weights)) : sum(rows(outputGradient)),
  };
}

/** Several layers' gradients as one, in order: the norm is over all of them. */
export function joinGradients(parts: readonly ExampleGradients[]): ExampleGradients {
  return {
    squaredNorms: () => addAll(parts.map((part) => part.squaredNorms())),
    weightedSum: (weights) => parts.flatMap((part) => part.weightedSum(weights)),
    each: () => parts.flatMap((part) => part.each()),
  };
}

/** [batch, size] and [batch] -> [size] */
function weightedRows(rows: tf.Tensor2D, weights: tf.Tensor1D): tf.Tensor1D {
  return tf.reshape(tf.matMul(tf.reshape(weights, [1, weights.shape[0]]), rows), [rows.shape[1]]);
}

function addAll(terms: readonly tf.Tensor1D[]): tf.Tensor1D {
  return terms.reduce((sum, term) => tf.add(sum, term));
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

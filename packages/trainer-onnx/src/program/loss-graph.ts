import type { LossName } from '@fedward/core';
import type { Graph, Value } from '@fedward/kit-onnx';

/** The inputs that a loss has in a graph. */
export interface LossInputs {
  /** float32 [N, width]: logits or values. */
  readonly outputs: Value;
  /** float32 [N, width] and [N]: see `Targets`. */
  readonly targets: Value;
  readonly weights: Value;
}

/**
 * The gradient of each example's loss by its outputs, as core's `lossOf` has it, for losses that are by example.
 * @param q of the generalized cross-entropy: p_y^q (p - t); absent for the plain one, p - t
 * @returns float32 [N, width]
 */
export function addLossGradient(
  graph: Graph,
  loss: Exclude<LossName, 'cox'>,
  { outputs, targets, weights }: LossInputs,
  q?: number,
): Value {
  const column = graph.node('Unsqueeze', [weights, graph.int64([1])]);
  if (loss === 'squared-error') return graph.node('Mul', [graph.node('Sub', [outputs, targets]), column]);
  const softmax = loss === 'softmax-cross-entropy';
  const p = softmax ? graph.node('Softmax', [outputs], { axis: 1 }) : graph.node('Sigmoid', [outputs]);
  const gradient = graph.node('Mul', [graph.node('Sub', [p, targets]), column]);
  if (q === undefined) return gradient;
  const logarithm = softmax
    ? graph.node('ReduceSum', [graph.node('Mul', [graph.node('LogSoftmax', [outputs], { axis: 1 }), targets]), graph.int64([1])], { keepdims: 1 }) // prettier-ignore
    : addLogSigmoidOfLabel(graph, outputs, targets);
  // By its logarithm: p_y itself is 0 in float32 for who is sure and wrong, and p_y^q is not.
  const power = graph.node('Exp', [graph.node('Mul', [logarithm, graph.float32([q], [])])]);
  return graph.node('Mul', [gradient, power]);
}

/** log p_y: that of the sigmoid of z where y is 1, of -z where it is 0; -log(1 + e^-z) is that of the sigmoid of z. */
function addLogSigmoidOfLabel(graph: Graph, outputs: Value, labels: Value): Value {
  const sign = graph.node('Sub', [graph.float32([1], []), graph.node('Mul', [labels, graph.float32([2], [])])]);
  return graph.node('Neg', [graph.node('Softplus', [graph.node('Mul', [outputs, sign])])]);
}

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
  const own = softmax
    ? graph.node('ReduceSum', [graph.node('Mul', [p, targets]), graph.int64([1])], { keepdims: 1 })
    : addSigmoidOfLabel(graph, outputs, targets);
  return graph.node('Mul', [gradient, graph.node('Pow', [own, graph.float32([q], [])])]);
}

/** p_y: the sigmoid of z where y is 1, that of -z where it is 0. */
function addSigmoidOfLabel(graph: Graph, outputs: Value, labels: Value): Value {
  const sign = graph.node('Sub', [graph.node('Mul', [labels, graph.float32([2], [])]), graph.float32([1], [])]);
  return graph.node('Sigmoid', [graph.node('Mul', [outputs, sign])]);
}

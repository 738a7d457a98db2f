import { clipConstants } from '@fedward/core/training';
import type { Graph, Value } from '@fedward/kit-onnx';

const { reserve, leastNormal } = clipConstants;

/** What `clipFactor` of core compares norms with. @param clipNorm > 0 */
export function clipBound(clipNorm: number): number {
  return clipNorm * (1 - reserve);
}

/**
 * `clipFactor` of core for each example, by the same operations in float64.
 * @param squares float64 [N]: squared norms
 * @param magnitudes float64 [N]: squared magnitudes
 * @param most float64 []: `clipBound`
 * @param rounding relative error of one product, where it may be larger than that of float32
 * @returns float32 [N]
 */
export function addClipFactors(
  graph: Graph,
  squares: Value,
  magnitudes: Value,
  most: Value,
  rounding: number = clipConstants.rounding,
): Value {
  const norm = graph.node('Sqrt', [squares]);
  const room = graph.node('Mul', [graph.node('Sqrt', [magnitudes]), graph.float64([4 * rounding], [])]);
  const bound = graph.node('Add', [norm, room]);
  const within = graph.node('LessOrEqual', [bound, most]);
  const shorter = graph.cast(graph.node('Div', [most, bound]), 'float32');
  const factor = graph.node('Where', [within, graph.float32([1], []), shorter]);
  // Also false for what is no number.
  const normal = graph.node('GreaterOrEqual', [factor, graph.float32([leastNormal], [])]);
  return graph.node('Where', [normal, factor, graph.float32([0], [])]);
}

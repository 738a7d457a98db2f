import type { Value } from '../graph/graph.js';

/** Gradients of one tensor by each example, in whatever form is cheapest; each part is written when it is asked for. */
export interface ExampleGradient {
  /** Squared Euclidean norms, float64 [N], of the float32 values that the others are made of: in float32 squares vanish. */
  squaredNorms(): Value;
  /**
   * float64 [N]: squares of the `magnitude` that core's `clipFactor` takes: the size of what the gradients are sums of, where
   * these may cancel, for that is what `weighted` is rounded by; absent where that is the norm itself.
   */
  squaredMagnitudes?(): Value;
  /** [N, ...shape]. */
  each(): Value;
  /** Sum over examples n of factors[n] times the gradient of n, [...shape]. @param factors [N] */
  weighted(factors: Value): Value;
}

import type { Value } from '../graph/graph.js';

/** Gradients of one tensor by each example, in whatever form is cheapest; each part is written when it is asked for. */
export interface ExampleGradient {
  /** Squared Euclidean norms, [N]. */
  squaredNorms(): Value;
  /** [N, ...shape]. */
  each(): Value;
  /** Sum over examples n of factors[n] times the gradient of n, [...shape]. @param factors [N] */
  weighted(factors: Value): Value;
}

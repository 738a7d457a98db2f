/** Moves weights along a gradient. Its state (moments, step count) begins anew with each creation. */
export interface Optimizer {
  /** One step, on `values` in place; `gradient` is left as it was. */
  step(values: Float32Array, gradient: Float32Array): void;
}

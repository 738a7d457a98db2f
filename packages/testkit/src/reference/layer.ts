/** The factors (0 or 1 / (1 - rate)) by which dropout at this position of the model multiplies one example's values. */
export type Dropout = (layer: number, rate: number, size: number) => Float64Array;

/** From the gradient by a layer's output to that by its input; the layer's own gradient is added to `into`. */
export type Backward = (outputGradient: Float64Array, into: Float64Array) => Float64Array;

/** One layer in float64 on one example; tensors are at their places among all the weights. */
export interface Layer {
  forward(
    weights: ArrayLike<number>,
    input: Float64Array,
    dropout?: Dropout,
  ): { readonly output: Float64Array; readonly backward: Backward };
}

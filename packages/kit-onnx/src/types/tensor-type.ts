import type { ElementType } from '../graph/graph.js';
import type { Dim } from './dims.js';

/** What is known of a value before the graph runs. */
export interface TensorType {
  readonly type: ElementType;
  readonly dims: readonly Dim[];
  /** Row-major, where it is known before the graph runs: of constants, and of what is computed of shapes. */
  readonly contents?: readonly Dim[];
}

/** Row-major strides. */
export function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) result[axis] = result[axis + 1]! * shape[axis + 1]!;
  return result;
}

/** All indices of a shape, row-major. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const total = shape.reduce((product, dim) => product * dim, 1);
  const step = strides(shape);
  for (let flat = 0; flat < total; flat++) yield shape.map((dim, axis) => Math.floor(flat / step[axis]!) % dim);
}

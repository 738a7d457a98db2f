import type { Value } from '../graph/graph.js';
import { batchFactor, type Dim } from '../types/dims.js';
import type { Emitter } from './emitter.js';
import type { ExampleGradient } from './example-gradient.js';

/** A value with the examples as its first dimension, and the others as they were. */
export interface ByExample {
  /** [N, ...rest]. */
  readonly value: Value;
  readonly rest: readonly number[];
  /** Where the examples were. */
  readonly axis: number;
  /** Whether the dimension was a multiple of them: `rest` has the factor at `axis`. */
  readonly split: boolean;
}

/** @param dims with the examples in one of them, which is theirs times a factor: each example's stand together */
export function examplesFirst(emit: Emitter, value: Value, dims: readonly Dim[]): ByExample {
  const axis = dims.findIndex((dim) => batchFactor(dim) > 0);
  const factor = batchFactor(dims[axis]!);
  const split = factor > 1;
  const apart: Dim[] = split ? [...dims.slice(0, axis), { batch: 1 }, factor, ...dims.slice(axis + 1)] : [...dims];
  const others = apart.map((_, at) => at).filter((at) => at !== axis);
  return {
    value: emit.transpose(emit.reshape(value, apart, dims), [axis, ...others]),
    rest: others.map((at) => apart[at] as number),
    axis,
    split,
  };
}

/** The smallest normal number of float32: below it rounding is no longer relative to what it rounds. */
const leastNormal = 2 ** -126;

/**
 * Multiplies each example of a value by its factor, as `scaleToClip` of core does: what a factor below 1 brings under the normal
 * numbers is 0, since what it is multiplied with next may be large.
 * @param factors float32 [N]
 */
export function scaleExamples(emit: Emitter, value: Value, dims: readonly Dim[], factors: Value): Value {
  const axis = dims.findIndex((dim) => batchFactor(dim) > 0);
  const factor = batchFactor(dims[axis]!);
  const apart: Dim[] = factor > 1 ? [...dims.slice(0, axis), { batch: 1 }, factor, ...dims.slice(axis + 1)] : [...dims];
  const behind = apart.length - axis - 1;
  const column = behind === 0 ? factors : emit.reshape(factors, [{ batch: 1 }, ...new Array<number>(behind).fill(1)]);
  const scaled = emit.mul(emit.reshape(value, apart, dims), column);
  const isShorter = emit.node('Less', [column, emit.scalar(1)]);
  const least = emit.node('Where', [isShorter, emit.scalar(leastNormal), emit.scalar(0)]);
  const isLost = emit.node('Less', [emit.node('Abs', [scaled]), least]);
  return emit.reshape(emit.node('Where', [isLost, emit.scalar(0), scaled]), dims, apart);
}

/** Sums a gradient that has been broadcast, for each example apart. @returns [N, ...to] */
export function unbroadcastByExample(
  emit: Emitter,
  gradient: Value,
  from: readonly Dim[],
  to: readonly number[],
): Value {
  const { value, rest, axis, split } = examplesFirst(emit, gradient, from);
  const aligned: (number | undefined)[] = [...new Array<undefined>(from.length - to.length).fill(undefined), ...to];
  aligned.splice(axis, 1, ...(split ? [undefined] : [])); // the examples' own: there the tensor is repeated
  const axes = rest.flatMap((dim, at) => ((aligned[at] ?? 1) === 1 && dim !== 1 ? [at + 1] : []));
  const kept = rest.filter((_, at) => !axes.includes(at + 1));
  return emit.reshape(emit.reduceSum(value, axes), [{ batch: 1 }, ...to], [{ batch: 1 }, ...kept]);
}

const product = (shape: readonly number[]): number => shape.reduce((total, dim) => total * dim, 1);

/** Sums of squares in float64. */
function squares(emit: Emitter, value: Value, axes: readonly number[]): Value {
  return emit.node('ReduceSumSquare', [emit.cast(value, 'float64'), emit.ints(axes)], { keepdims: 0 });
}

/** Gradients that are written out for each example. @param each [N, ...shape] */
export function explicit(emit: Emitter, shape: readonly number[], make: () => Value): ExampleGradient {
  let made: Value | undefined;
  const each = (): Value => (made ??= make());
  const flat = (): Value => emit.reshape(each(), [{ batch: 1 }, product(shape)], [{ batch: 1 }, ...shape]);
  return {
    each,
    squaredNorms: () => squares(emit, flat(), [1]),
    weighted: (factors) => emit.reshape(emit.matMul(factors, flat()), shape, [product(shape)]),
  };
}

/** What a gradient by example is a product of: for each example the transpose of `left` times `right`. */
export interface Factors {
  /** [N, positions, rows]. */
  readonly left: Value;
  /** [N, positions, columns]. */
  readonly right: Value;
  readonly positions: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Gradients that are a sum over positions of outer products. Their norms follow from the two Gram matrices over positions
 * (for one position, from two norms: Goodfellow, arXiv:1510.01799; Li et al., arXiv:2110.05679, section 4), which is taken
 * where it is less work than to write the gradients out.
 * @param shape of the tensor
 * @param arrange [N, rows, columns] to [N, ...shape]
 * @param sum writes the gradient summed over examples, each times its factor (Bu et al., arXiv:2210.00038)
 */
export function outerProducts(
  emit: Emitter,
  { left, right, positions, rows, columns }: Factors,
  shape: readonly number[],
  arrange: (each: Value) => Value,
  sum: (factors: Value) => Value,
): ExampleGradient {
  const written = explicit(emit, shape, () => arrange(emit.matMul(emit.transposeLast(left, 3), right)));
  if (positions * (rows + columns) >= rows * columns) return written;
  if (positions === 1)
    return {
      each: written.each,
      squaredNorms: () => emit.mul(squares(emit, left, [1, 2]), squares(emit, right, [1, 2])),
      weighted: sum,
    };
  let known: Value | undefined;
  const magnitudes = (): Value =>
    (known ??= emit.reduceSum(emit.mul(squares(emit, left, [2]), squares(emit, right, [2])), [1]));
  const gram = (value: Value): Value => {
    const exact = emit.cast(value, 'float64');
    return emit.matMul(exact, emit.transposeLast(exact, 3));
  };
  return {
    each: written.each,
    squaredNorms: () => {
      const products = emit.mul(gram(left), gram(right));
      const sum = emit.reduceSum(products, [1, 2]);
      const zero = emit.scalar(0, 'float64');
      // Of what cancels, rounding may leave less than nothing; what is no number stays so.
      const positive = emit.node('Where', [emit.node('Less', [sum, zero]), zero, sum]);
      // What rounding may have taken (Higham 2002, equation 3.5), so that no norm is too small.
      const operations = rows + columns + positions * positions;
      return emit.add(positive, emit.mul(magnitudes(), emit.scalar(operations * 2 ** -53, 'float64')));
    },
    // `clipFactor` reckons with four roundings; `sum` adds up positions in float32, which is one more for each.
    squaredMagnitudes: () => emit.mul(magnitudes(), emit.scalar(((4 + positions) / 4) ** 2, 'float64')),
    weighted: sum,
  };
}

import { add, batchFactor, divide, multiply, type Dim } from '../types/dims.js';
import { indices, strides, type TensorType } from '../types/tensor-type.js';

/** Contents beyond this many are not computed here but by the graph. */
export const most = 100_000;

type Pairwise = (left: Dim, right: Dim) => Dim | undefined;

/** Arithmetic of numbers and of multiples of the number of examples. */
export const arithmetic: Readonly<Record<string, Pairwise>> = {
  Add: (left, right) => add(left, right),
  Sub: (left, right) => add(left, right, -1),
  Mul: (left, right) => multiply([left, right]),
  // Of whole numbers, whose quotient is cut off; of a number of examples only where it is a whole multiple.
  Div: (left, right) => {
    if (typeof left !== 'number' || typeof right !== 'number') return divide(left, right);
    return right === 0 ? undefined : Math.trunc(left / right);
  },
  // A number of examples is never negative; whether it equals a positive number is not known.
  Equal: (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return Number(left === right);
    if (typeof left !== 'number' && typeof right !== 'number') return left.batch === right.batch ? 1 : undefined;
    const number = typeof left === 'number' ? left : right;
    return typeof number === 'number' && number < 0 ? 0 : undefined;
  },
};

/** @returns contents of a result of `dims`, element by element of inputs that are broadcast; undefined where one is not known */
export function foldPairwise(rule: Pairwise, inputs: readonly TensorType[], dims: readonly Dim[]): Dim[] | undefined {
  const contents = inputs.map((input) => expand(input, dims));
  if (contents.some((known) => known === undefined)) return undefined;
  return allKnown(contents[0]!.map((left, at) => rule(left, contents[1]![at]!)));
}

/** @returns contents as broadcast to `dims` */
export function expand(input: TensorType, dims: readonly Dim[]): Dim[] | undefined {
  if (!input.contents || dims.some((dim) => batchFactor(dim) > 0) || input.dims.some((dim) => batchFactor(dim) > 0))
    return undefined;
  const to = dims as readonly number[];
  const from = input.dims as readonly number[];
  const total = to.reduce((product, dim) => product * dim, 1);
  if (total > most) return undefined;
  const step = strides(from);
  const stepTo = strides(to);
  return Array.from({ length: total }, (_, flat) => {
    let at = 0;
    for (let axis = 0; axis < from.length; axis++) {
      const across = axis + to.length - from.length;
      if (from[axis] !== 1) at += (Math.floor(flat / stepTo[across]!) % to[across]!) * step[axis]!;
    }
    return input.contents![at]!;
  });
}

/** Dimensions, and contents where they are known. */
export interface Known {
  readonly dims: readonly Dim[];
  readonly contents?: readonly Dim[] | undefined;
}

/**
 * Contents moved to other places.
 * @param from where in the value that is moved an element of the result of `dims` comes from
 */
export function moved(
  { dims: before, contents }: Known,
  dims: readonly Dim[],
  from: (index: number[]) => number[],
): Known {
  const plain = [...before, ...dims].every((dim) => typeof dim === 'number');
  if (!contents || !plain || dims.reduce<number>((product, dim) => product * (dim as number), 1) > most)
    return { dims };
  const step = strides(before as readonly number[]);
  const places = [...indices(dims as readonly number[])].map((index) =>
    from(index).reduce((sum, one, axis) => sum + one * step[axis]!, 0),
  );
  return { dims, contents: places.map((place) => contents[place]!) };
}

export function allKnown(values: readonly (Dim | undefined)[]): Dim[] | undefined {
  return values.some((value) => value === undefined) ? undefined : (values as Dim[]);
}

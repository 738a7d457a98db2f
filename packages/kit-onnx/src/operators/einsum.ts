import type { Value } from '../graph/graph.js';
import { batchFactor, describe, equalDims, multiply, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import type { Emitter } from './emitter.js';
import type { Operator } from './operator.js';

/** The letters of each factor, and of the product. */
interface Equation {
  readonly factors: readonly string[];
  readonly product: string;
  readonly sizes: ReadonlyMap<string, Dim>;
}

function equationOf(call: Call): Equation {
  const text = call.text('equation', '').replaceAll(' ', '');
  const [left, product] = text.split('->');
  const factors = left!.split(',');
  const refuse = (why: string): never => call.fail(`${JSON.stringify(text)} ${why}`);
  if (product === undefined || !/^[A-Za-z,]+->[A-Za-z]*$/.test(text))
    refuse('is not in the set: letters, and an arrow to what comes out');
  if (factors.length !== call.inputs.length || factors.length > 2) refuse(`of ${call.inputs.length} inputs; one or two are in the set`); // prettier-ignore
  const sizes = new Map<string, Dim>();
  for (const [index, letters] of [...factors, product!].entries()) {
    if (new Set(letters).size !== letters.length) refuse('has a letter twice in one place');
    if (index === factors.length) continue;
    const { type } = call.float(index);
    const dims = call.dims(index);
    if (type !== call.float(0).type) refuse('of inputs of different types');
    if (letters.length !== dims.length) refuse(`does not fit ${describe(dims)}`);
    for (const [axis, letter] of [...letters].entries()) {
      const known = sizes.get(letter) ?? dims[axis]!;
      if (!equalDims(known, dims[axis]!)) refuse(`does not fit ${describe(dims)}: ${letter} is another size before`);
      sizes.set(letter, known);
    }
  }
  for (const letter of product!) if (!sizes.has(letter)) refuse(`gives ${letter}, which no input has`);
  return { factors, product: product!, sizes };
}

/** Sums and products of one or two factors, as transposes and one product of matrices. */
function written(
  emit: Emitter,
  call: Call,
  sizes: ReadonlyMap<string, Dim>,
  factors: readonly [string, Value][],
  product: string,
): Value {
  const sizesOf = (letters: readonly string[]): Dim[] => letters.map((letter) => sizes.get(letter)!);
  const total = (letters: readonly string[]): Dim =>
    multiply(sizesOf(letters)) ?? call.fail('goes over the examples twice');
  // What stands in one factor alone and not in the product is added up first.
  const summed = factors.map(([letters, value], index): [string[], Value] => {
    const others = product + factors.filter((_, at) => at !== index).map(([text]) => text).join(''); // prettier-ignore
    const axes = [...letters].flatMap((letter, axis) => (others.includes(letter) ? [] : [axis]));
    return [[...letters].filter((_, axis) => !axes.includes(axis)), emit.reduceSum(value, axes)];
  });
  const arranged = ([letters, value]: [string[], Value], order: readonly string[]): Value =>
    emit.transpose(value, order.map((letter) => letters.indexOf(letter))); // prettier-ignore
  const [left, right] = summed;
  if (!right) return arranged(left!, [...product]);
  const both = left![0].filter((letter) => right[0].includes(letter));
  const batch = both.filter((letter) => product.includes(letter));
  const inner = both.filter((letter) => !product.includes(letter));
  const [rows, columns] = [left![0], right[0]].map((letters) => letters.filter((letter) => !both.includes(letter))) as [string[], string[]]; // prettier-ignore
  const matrix = (factor: [string[], Value], first: readonly string[], second: readonly string[]): Value => {
    const order = [...batch, ...first, ...second];
    return emit.reshape(arranged(factor, order), [...sizesOf(batch), total(first), total(second)], sizesOf(order));
  };
  const outer = [...batch, ...rows, ...columns];
  const multiplied = emit.matMul(matrix(left!, rows, inner), matrix(right, inner, columns));
  const wide = emit.reshape(multiplied, sizesOf(outer), [...sizesOf(batch), total(rows), total(columns)]);
  return arranged([outer, wide], [...product]);
}

/** One or two factors without repeated letters. Its gradients are such products themselves. */
const Einsum: Operator = {
  infer: (call) => {
    const { product, sizes } = equationOf(call);
    return [{ type: call.float(0).type, dims: [...product].map((letter) => sizes.get(letter)!) }];
  },
  forward: ({ call, emit, inputs }) => {
    const { factors, product, sizes } = equationOf(call);
    const pairs = factors.map((letters, index): [string, Value] => [letters, inputs[index]!]);
    return { outputs: [written(emit, call, sizes, pairs, product)] };
  },
  backward: ({ call, emit, inputs }, gradient, wanted) => {
    const { factors, product, sizes } = equationOf(call);
    return factors.map((letters, index) => {
      if (!wanted[index]) return undefined;
      const others = factors.flatMap((text, at): [string, Value][] => (at === index ? [] : [[text, inputs[at]!]]));
      const known = product + others.map(([text]) => text).join('');
      // Letters that were added up alone: the gradient is the same along them.
      const kept = [...letters].filter((letter) => known.includes(letter)).join('');
      const part = written(emit, call, sizes, [[product, gradient], ...others], kept);
      if (kept === letters) return part;
      const column = [...letters].map((letter): Dim => (kept.includes(letter) ? sizes.get(letter)! : 1));
      const dims = call.dims(index);
      return emit.node('Expand', [emit.reshape(part, column), emit.dims(dims)]);
    });
  },
  multiplyAdds: (call) =>
    [...equationOf(call).sizes.values()].reduce<number>(
      (total, dim) => total * (batchFactor(dim) || (dim as number)),
      1,
    ),
};

export const einsum = { Einsum };

import { array, at, broadcastAt, broadcastShape, generate, type FloatArray } from '../float-array.js';
import { number, type Rule } from './rule.js';

const MatMul: Rule = ([a, b]) => {
  const left = a!.shape.length === 1 ? array([1, ...a!.shape], a!.values) : a!;
  const right = b!.shape.length === 1 ? array([...b!.shape, 1], b!.values) : b!;
  const outer = broadcastShape([left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const [rows, inner, columns] = [left.shape.at(-2)!, left.shape.at(-1)!, right.shape.at(-1)!];
  const own = (tensor: FloatArray, index: readonly number[]): number[] => {
    const rank = tensor.shape.length - 2;
    return index.slice(index.length - rank).map((one, axis) => (tensor.shape[axis] === 1 ? 0 : one));
  };
  const full = generate([...outer, rows, columns], (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    const place = index.slice(0, -2);
    let total = 0;
    for (let k = 0; k < inner; k++)
      total += at(left, [...own(left, place), row, k]) * at(right, [...own(right, place), k, column]);
    return total;
  });
  const shape = [...outer, ...(a!.shape.length === 1 ? [] : [rows]), ...(b!.shape.length === 1 ? [] : [columns])];
  return [array(shape, full.values)];
};

const Gemm: Rule = ([a, b, c], attributes) => {
  const read = (x: FloatArray, i: number, j: number, transposed: number): number => at(x, transposed ? [j, i] : [i, j]);
  const [ta, tb] = [number(attributes, 'transA', 0), number(attributes, 'transB', 0)];
  const rows = a!.shape[ta ? 1 : 0]!;
  const inner = a!.shape[ta ? 0 : 1]!;
  const columns = b!.shape[tb ? 0 : 1]!;
  return [
    generate([rows, columns], (index) => {
      const [i, j] = index as [number, number];
      let total = 0;
      for (let k = 0; k < inner; k++) total += read(a!, i, k, ta) * read(b!, k, j, tb);
      return number(attributes, 'alpha', 1) * total + (c ? number(attributes, 'beta', 1) * broadcastAt(c, index) : 0);
    }),
  ];
};

/** Products of matrices. */
export const products: Readonly<Record<string, Rule>> = { MatMul, Gemm };

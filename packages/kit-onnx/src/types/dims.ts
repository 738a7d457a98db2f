/** One dimension: a number, or so many times the number of examples in a batch, which is known only when the graph runs. */
export type Dim = number | { readonly batch: number };

/** @returns the factor of the number of examples, 0 for a plain number */
export function batchFactor(dim: Dim): number {
  return typeof dim === 'number' ? 0 : dim.batch;
}

export function equalDims(left: Dim, right: Dim): boolean {
  return typeof left === 'number' || typeof right === 'number' ? left === right : left.batch === right.batch;
}

export function equalShapes(left: readonly Dim[], right: readonly Dim[]): boolean {
  return left.length === right.length && left.every((dim, axis) => equalDims(dim, right[axis]!));
}

/** @returns the product, undefined where it would have the number of examples squared */
export function multiply(dims: readonly Dim[]): Dim | undefined {
  let numbers = 1;
  let batches = 0;
  for (const dim of dims) {
    numbers *= typeof dim === 'number' ? dim : dim.batch;
    if (typeof dim !== 'number') batches++;
  }
  if (numbers === 0) return 0;
  return batches === 0 ? numbers : batches === 1 ? { batch: numbers } : undefined;
}

/** @returns the quotient, undefined where it is no whole number (or no whole number of times the number of examples) */
export function divide(dividend: Dim, divisor: Dim): Dim | undefined {
  const quotient = size(dividend) / size(divisor);
  if (!Number.isInteger(quotient)) return undefined;
  if (typeof dividend === 'number') return typeof divisor === 'number' ? quotient : undefined;
  return typeof divisor === 'number' ? { batch: quotient } : quotient;
}

export function add(left: Dim, right: Dim, sign: 1 | -1 = 1): Dim | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left + sign * right;
  if (left === 0 && sign === 1) return right;
  if (right === 0) return left;
  if (typeof left === 'number' || typeof right === 'number') return undefined;
  const batch = left.batch + sign * right.batch;
  return batch === 0 ? 0 : { batch };
}

/** For people: `[N, 3, 2N]`. */
export function describe(dims: readonly Dim[]): string {
  return `[${dims.map((dim) => (typeof dim === 'number' ? dim : dim.batch === 1 ? 'N' : `${dim.batch}N`)).join(', ')}]`;
}

/** What two shapes are together by the rules of broadcasting, undefined where they do not go together. */
export function broadcast(left: readonly Dim[], right: readonly Dim[]): Dim[] | undefined {
  const rank = Math.max(left.length, right.length);
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a === 1) result.push(b);
    else if (b === 1 || equalDims(a, b)) result.push(a);
    else return undefined;
  }
  return result;
}

/** The number where there is one; elements of one example otherwise. */
export function size(dim: Dim): number {
  return typeof dim === 'number' ? dim : dim.batch;
}

/** A tensor in float64, row-major; whole numbers and conditions too. */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export function array(shape: readonly number[], values: ArrayLike<number>): FloatArray {
  const total = count(shape);
  if (values.length !== total) throw new Error(`${values.length} numbers of shape [${shape.join()}]`);
  return { shape, values: Float64Array.from(values) };
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Flat place of an index. */
export function placeOf(shape: readonly number[], index: readonly number[]): number {
  return index.reduce((place, one, axis) => place * shape[axis]! + one, 0);
}

/** Index of a flat place. */
export function indexOf(shape: readonly number[], place: number): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = place % shape[axis]!;
    place = Math.floor(place / shape[axis]!);
  }
  return index;
}

/** Fills a tensor by index. */
export function generate(shape: readonly number[], value: (index: readonly number[]) => number): FloatArray {
  const values = new Float64Array(count(shape));
  for (let place = 0; place < values.length; place++) values[place] = value(indexOf(shape, place));
  return { shape, values };
}

/** Element at an index, 0 beyond the bounds. */
export function at(tensor: FloatArray, index: readonly number[], beyond = 0): number {
  if (index.some((one, axis) => one < 0 || one >= tensor.shape[axis]!)) return beyond;
  return tensor.values[placeOf(tensor.shape, index)]!;
}

/** Element of a tensor that is broadcast to a shape of which `index` is one. */
export function broadcastAt(tensor: FloatArray, index: readonly number[]): number {
  const own = index.slice(index.length - tensor.shape.length);
  return at(tensor, own.map((one, axis) => (tensor.shape[axis] === 1 ? 0 : one))); // prettier-ignore
}

export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)),
  );
}

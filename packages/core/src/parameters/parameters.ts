import { createHash } from 'node:crypto';
import { assertThat } from '../base/assert.js';
import { canonicalJson } from '../base/json.js';
import { firstNonFinite } from '../base/finite.js';

// Types and not interfaces, so that they are `State` and can stand in an aggregator's state as they are.

/** One tensor, of a model or of a statistic: `size` values from `offset` on, row-major. */
export type TensorLayout = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
};

/** Where each named tensor lies in one flat array; tensors follow each other without gaps. */
export type Layout = {
  readonly tensors: readonly TensorLayout[];
  readonly size: number;
};

/** Numbers as they travel: float32, float64, or whole numbers of 32 bits. */
export type ElementType = 'f32' | 'f64' | 'u32';

/** The array that holds numbers of an element type. */
export type ElementArray = Float32Array | Float64Array | Uint32Array;

/** Named tensors in one flat array: `values.length === layout.size`. */
export type Tensors<V extends ElementArray = ElementArray> = {
  readonly layout: Layout;
  readonly values: V;
};

/** The weights of a model. */
export type Parameters = Tensors<Float32Array>;

/** What tensors look like, without their values: what an aggregator expects to get, and a site to send. */
export type TensorsForm = {
  readonly layout: Layout;
  readonly element: ElementType;
};

const arrays = { f32: Float32Array, f64: Float64Array, u32: Uint32Array } as const;

/** Zeros. */
export function createTensors({ layout, element }: TensorsForm): Tensors {
  return { layout, values: new arrays[element](layout.size) };
}

/** What tensors of a form take up, without their names and shapes. */
export function byteLengthOf({ layout, element }: TensorsForm): number {
  return layout.size * arrays[element].BYTES_PER_ELEMENT;
}

export function elementOf(values: ElementArray): ElementType {
  if (values instanceof Float32Array) return 'f32';
  return values instanceof Float64Array ? 'f64' : 'u32';
}

/** True for weights of a model, which are float32. */
export function isParameters(tensors: Tensors): tensors is Parameters {
  return tensors.values instanceof Float32Array;
}

/** The most that one typed array holds. */
const mostValues = 2 ** 32 - 1;

/**
 * @param tensors names (unique) and shapes (integers >= 1; [] is a scalar), in order
 * @throws {FedwardError} ARGUMENT_INVALID for a double name, a bad dimension, or more values than one array holds
 */
export function createLayout(tensors: readonly TensorShape[]): Layout {
  const names = new Set<string>();
  let offset = 0;
  const placed = tensors.map(({ name, shape }) => {
    assertThat(!names.has(name), name, `two tensors are named ${name}`);
    names.add(name);
    const size = shape.reduce((product, n) => product * n, 1);
    const fits = shape.every((n) => Number.isInteger(n) && n >= 1) && offset + size <= mostValues;
    assertThat(fits, name, `tensor ${name} has the shape [${shape.join(', ')}]`);
    const tensor = { name, shape: [...shape], offset, size };
    offset += size;
    return tensor;
  });
  return { tensors: placed, size: offset };
}

/** @throws {FedwardError} ARGUMENT_INVALID where the number of values is not the layout's size. */
export function createParameters(layout: Layout, values: Float32Array = new Float32Array(layout.size)): Parameters {
  assertThat(values.length === layout.size, 'values', `a layout of ${layout.size} values was given ${values.length}`);
  return { layout, values };
}

export function copyTensors<V extends ElementArray>({ layout, values }: Tensors<V>): Tensors<V> {
  return { layout, values: values.slice() as V };
}

/** A view (no copy) of one tensor's values. @throws {FedwardError} ARGUMENT_INVALID for an unknown name. */
export function tensorValues<V extends ElementArray>({ layout, values }: Tensors<V>, name: string): V {
  const tensor = layout.tensors.find((t) => t.name === name);
  assertThat(tensor !== undefined, name, `there is no tensor named ${name}`);
  return values.subarray(tensor.offset, tensor.offset + tensor.size) as V;
}

/** True where two layouts have the same names and shapes in the same order. */
export function sameLayout(a: Layout, b: Layout): boolean {
  if (a === b) return true;
  return (
    a.tensors.length === b.tensors.length &&
    a.tensors.every(({ name, shape }, index) => {
      const other = b.tensors[index]!;
      return name === other.name && shape.length === other.shape.length && shape.every((n, d) => n === other.shape[d]);
    })
  );
}

/** A tensor's name and shape, without its place. */
export type TensorShape = { readonly name: string; readonly shape: readonly number[] };

/** What a layout is made of, as data: for a state, from which `createLayout` makes it again. */
export function shapesOf({ tensors }: Layout): TensorShape[] {
  return tensors.map(({ name, shape }) => ({ name, shape: [...shape] }));
}

/** The first tensor that holds a NaN or an Infinity, or undefined. */
export function findNonFinite({ layout, values }: Tensors): TensorLayout | undefined {
  const index = values instanceof Uint32Array ? -1 : firstNonFinite(values);
  return index < 0 ? undefined : layout.tensors.find((t) => index < t.offset + t.size);
}

/** SHA-256 over the layout (canonical JSON), the element type unless it is float32, and the little-endian values. */
export function digestTensors({ layout, values }: Tensors): string {
  const element = elementOf(values);
  return createHash('sha256')
    .update(canonicalJson(shapesOf(layout)))
    .update(element === 'f32' ? '' : element)
    .update('\0')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

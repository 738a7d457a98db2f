import { createHash } from 'node:crypto';
import { assertThat } from '../base/assert.js';
import { canonicalJson } from '../base/json.js';
import { firstNonFinite } from '../base/finite.js';

// Types and not interfaces, so that they are `State` and can stand in an aggregator's state as they are.

/** One tensor of a model: `size` float32 values from `offset` on, row-major. */
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

/** The weights of a model, or an update of them, as they travel: `values.length === layout.size`. */
export type Parameters = {
  readonly layout: Layout;
  readonly values: Float32Array;
};

/** The most that one typed array holds. */
const mostValues = 2 ** 32 - 1;

/**
 * @param tensors names (unique) and shapes (integers >= 1; [] is a scalar), in order
 * @throws {FedwardError} ARGUMENT_INVALID for a double name, a bad dimension, or more values than one array holds
 */
export function createLayout(tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]): Layout {
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

export function copyParameters({ layout, values }: Parameters): Parameters {
  return { layout, values: values.slice() };
}

/** A view (no copy) of one tensor's values. @throws {FedwardError} ARGUMENT_INVALID for an unknown name. */
export function tensorValues({ layout, values }: Parameters, name: string): Float32Array {
  const tensor = layout.tensors.find((t) => t.name === name);
  assertThat(tensor !== undefined, name, `there is no tensor named ${name}`);
  return values.subarray(tensor.offset, tensor.offset + tensor.size);
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

function shapesOf({ tensors }: Layout): { name: string; shape: readonly number[] }[] {
  return tensors.map(({ name, shape }) => ({ name, shape }));
}

/** The first tensor that holds a NaN or an Infinity, or undefined. */
export function findNonFinite({ layout, values }: Parameters): TensorLayout | undefined {
  const index = firstNonFinite(values);
  return index < 0 ? undefined : layout.tensors.find((t) => index < t.offset + t.size);
}

/** SHA-256 over the layout (canonical JSON) and the little-endian values: equal for equal weights. */
export function digestParameters({ layout, values }: Parameters): string {
  return createHash('sha256')
    .update(canonicalJson(shapesOf(layout)))
    .update('\0')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

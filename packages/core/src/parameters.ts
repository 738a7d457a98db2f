import { FedwardError } from './errors.js';
import { canonicalJson } from './json.js';
import { createHash } from 'node:crypto';

/** One tensor of a model: `size` float32 values from `offset` on, row-major. */
export interface TensorLayout {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** Where each named tensor lies in one flat array; tensors follow each other without gaps. */
export interface Layout {
  readonly tensors: readonly TensorLayout[];
  readonly size: number;
}

/** The weights of a model, or an update of them, as they travel: `values.length === layout.size`. */
export interface Parameters {
  readonly layout: Layout;
  readonly values: Float32Array;
}

/**
 * @param tensors names (unique) and shapes (integers >= 1; [] is a scalar), in order
 * @throws {FedwardError} ARGUMENT_INVALID for a double name or a bad dimension
 */
export function createLayout(tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]): Layout {
  const names = new Set<string>();
  let offset = 0;
  const placed = tensors.map(({ name, shape }) => {
    if (names.has(name)) throw new FedwardError('ARGUMENT_INVALID', `two tensors are named ${name}`, name);
    if (!shape.every((n) => Number.isSafeInteger(n) && n >= 1))
      throw new FedwardError('ARGUMENT_INVALID', `tensor ${name} has the shape [${shape.join(', ')}]`, name);
    names.add(name);
    const size = shape.reduce((product, n) => product * n, 1);
    const tensor = { name, shape: [...shape], offset, size };
    offset += size;
    return tensor;
  });
  return { tensors: placed, size: offset };
}

/** @throws {FedwardError} ARGUMENT_INVALID where the number of values is not the layout's size. */
export function createParameters(layout: Layout, values: Float32Array = new Float32Array(layout.size)): Parameters {
  if (values.length !== layout.size)
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `a layout of ${layout.size} values was given ${values.length}`,
      'values',
    );
  return { layout, values };
}

export function copyParameters({ layout, values }: Parameters): Parameters {
  return { layout, values: values.slice() };
}

/** A view (no copy) of one tensor's values. @throws {FedwardError} ARGUMENT_INVALID for an unknown name. */
export function tensorValues({ layout, values }: Parameters, name: string): Float32Array {
  const tensor = layout.tensors.find((t) => t.name === name);
  if (!tensor) throw new FedwardError('ARGUMENT_INVALID', `there is no tensor named ${name}`, name);
  return values.subarray(tensor.offset, tensor.offset + tensor.size);
}

/** True where two layouts have the same names and shapes in the same order. */
export function sameLayout(a: Layout, b: Layout): boolean {
  return (
    a === b ||
    (a.size === b.size &&
      a.tensors.length === b.tensors.length &&
      a.tensors.every((t, i) => {
        const u = b.tensors[i]!;
        return t.name === u.name && t.shape.length === u.shape.length && t.shape.every((n, k) => n === u.shape[k]);
      }))
  );
}

/** The first tensor that holds a NaN or an Infinity, or undefined. */
export function findNonFinite({ layout, values }: Parameters): TensorLayout | undefined {
  const index = values.findIndex((x) => !Number.isFinite(x));
  return index < 0 ? undefined : layout.tensors.find((t) => index >= t.offset && index < t.offset + t.size);
}

/** SHA-256 over the layout (canonical JSON) and the little-endian values: equal for equal weights. */
export function digestParameters({ layout, values }: Parameters): string {
  const shapes = layout.tensors.map(({ name, shape }) => ({ name, shape }));
  return createHash('sha256')
    .update(canonicalJson(shapes))
    .update('\0')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

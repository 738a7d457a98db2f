import { elementTypes, type Attribute, type ElementType, type Graph, type Value } from '../graph/graph.js';
import type { Dim } from '../types/dims.js';
import { equalShapes } from '../types/dims.js';

/** The version of ONNX's operators by which all nodes are written here, whatever the network's own. */
export const emittedOpset = 21;

/** Writes nodes into a graph: short words for what gradients are made of. */
export class Emitter {
  #examples: Value | undefined;
  readonly #scalars = new Map<string, Value>();

  /** @param input whose first dimension is the number of examples */
  constructor(
    readonly graph: Graph,
    readonly input: Value,
  ) {}

  node(op: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    return this.graph.node(op, inputs, attributes);
  }

  add(left: Value, right: Value): Value {
    return this.node('Add', [left, right]);
  }

  sub(left: Value, right: Value): Value {
    return this.node('Sub', [left, right]);
  }

  mul(left: Value, right: Value): Value {
    return this.node('Mul', [left, right]);
  }

  div(left: Value, right: Value): Value {
    return this.node('Div', [left, right]);
  }

  neg(value: Value): Value {
    return this.node('Neg', [value]);
  }

  matMul(left: Value, right: Value): Value {
    return this.node('MatMul', [left, right]);
  }

  /** A constant without dimensions. Equal ones are one. */
  scalar(value: number, type: ElementType = 'float32'): Value {
    const key = `${type} ${Object.is(value, -0) ? '-0' : value}`;
    const known = this.#scalars.get(key) ?? this.constant([value], [], type);
    this.#scalars.set(key, known);
    return known;
  }

  constant(values: readonly number[], shape: readonly number[], type: ElementType): Value {
    if (type === 'bool') return this.graph.bool(values.map((value) => value !== 0), shape); // prettier-ignore
    if (type === 'int64') return this.graph.int64(values, shape);
    if (type === 'int32') return this.graph.int32(values, shape);
    return type === 'float64' ? this.graph.float64(values, shape) : this.graph.float32(values, shape);
  }

  /** int64, as the operands of Reshape, Slice and others are. */
  ints(values: readonly number[]): Value {
    return this.graph.int64(values);
  }

  /** The number of examples, int64 [1]. */
  examples(): Value {
    return (this.#examples ??= this.node('Shape', [this.input], { start: 0, end: 1 }));
  }

  /** int64 [dims.length], whatever is in them. */
  dims(dims: readonly Dim[]): Value {
    if (dims.every((dim) => typeof dim === 'number')) return this.ints(dims);
    const parts = dims.map((dim) => {
      if (typeof dim === 'number') return this.ints([dim]);
      return dim.batch === 1 ? this.examples() : this.mul(this.examples(), this.ints([dim.batch]));
    });
    return parts.length === 1 ? parts[0]! : this.node('Concat', parts, { axis: 0 });
  }

  /** @param from its shape so far: nothing is written where it has that shape already */
  reshape(value: Value, to: readonly Dim[], from?: readonly Dim[]): Value {
    if (from && equalShapes(from, to)) return value;
    const symbolic = to.filter((dim) => typeof dim !== 'number').length;
    const zero = to.includes(0);
    const target =
      symbolic <= 1 && !zero ? this.ints(to.map((dim) => (typeof dim === 'number' ? dim : -1))) : this.dims(to);
    return this.node('Reshape', [value, target], zero ? { allowzero: 1 } : {});
  }

  transpose(value: Value, perm: readonly number[]): Value {
    return perm.every((axis, at) => axis === at) ? value : this.node('Transpose', [value], { perm });
  }

  /** Swaps the last two. */
  transposeLast(value: Value, rank: number): Value {
    const perm = Array.from({ length: rank }, (_, axis) => axis);
    return this.transpose(value, [...perm.slice(0, -2), rank - 1, rank - 2]);
  }

  reduceSum(value: Value, axes: readonly number[], keepDims = false): Value {
    if (axes.length === 0) return value;
    return this.node('ReduceSum', [value, this.ints(axes)], { keepdims: Number(keepDims) });
  }

  cast(value: Value, to: ElementType): Value {
    return this.node('Cast', [value], { to: elementTypes[to] });
  }

  /** 1 where a condition holds, 0 elsewhere. */
  indicator(condition: Value, type: ElementType): Value {
    return this.cast(condition, type);
  }

  unsqueeze(value: Value, axes: readonly number[]): Value {
    return this.node('Unsqueeze', [value, this.ints(axes)]);
  }

  /** Part of an axis. */
  slice(
    value: Value,
    axes: readonly number[],
    starts: readonly number[],
    ends: readonly number[],
    steps?: readonly number[],
  ): Value {
    // prettier-ignore
    const operands = [this.ints(starts), this.ints(ends), this.ints(axes), ...(steps ? [this.ints(steps)] : [])];
    return this.node('Slice', [value, ...operands]);
  }

  /** @param pads those at the start of each axis, then those at the end, as ONNX's Pad takes them */
  pad(value: Value, pads: readonly number[]): Value {
    return pads.every((pad) => pad === 0) ? value : this.node('Pad', [value, this.ints(pads)]);
  }

  /** Gradient of a value that was broadcast. */
  unbroadcast(gradient: Value, from: readonly Dim[], to: readonly Dim[]): Value {
    const missing = from.length - to.length;
    const axes = from.flatMap((dim, axis) => (axis < missing || (to[axis - missing] === 1 && dim !== 1) ? [axis] : []));
    const summed = axes.filter((axis) => axis >= missing);
    const sum = this.reduceSum(gradient, axes, summed.length > 0);
    return summed.length > 0 && missing > 0 ? this.reshape(sum, to) : sum;
  }
}

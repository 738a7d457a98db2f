import { FedwardError } from '@fedward/core';
import type { NetworkNode } from '../network/network.js';
import { describe, type Dim } from '../types/dims.js';
import type { TensorType } from '../types/tensor-type.js';

/** Which attributes are floating-point numbers by ONNX's definitions; the plan's JSON does not tell 1 from 1.0. */
export const floatAttributes: ReadonlySet<string> = new Set([
  ...['alpha', 'beta', 'gamma', 'epsilon', 'momentum', 'ratio'],
  ...['cubic_coeff_a', 'extrapolation_value'],
]);

/** What any size or place may be at most, so that sums and products of a few stay whole numbers. */
const isWhole = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 63;

/** A node with what is known of its inputs: what an operator's rules read. All errors name the operator and its output. */
export class Call {
  constructor(
    readonly node: NetworkNode,
    /** By which the node is to be read. */
    readonly opset: number,
    /** Undefined: left out. */
    readonly inputs: readonly (TensorType | undefined)[],
    readonly outputs: readonly TensorType[] = [],
  ) {}

  /** @throws {FedwardError} CONFIG_INCOMPATIBLE with the node's output as subject */
  fail(why: string): never {
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${this.node.op} (${this.node.outputs[0]}): ${why}`,
      this.node.outputs[0],
    );
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  input(index: number): TensorType {
    return this.inputs[index] ?? this.fail(`input ${index} is missing`);
  }

  dims(index: number): readonly Dim[] {
    return this.input(index).dims;
  }

  /** Dimensions that must be plain numbers. */
  shape(index: number): number[] {
    return this.numbersOf(this.dims(index), `input ${index} must not depend on the number of examples`);
  }

  numbersOf(dims: readonly Dim[], why: string): number[] {
    return dims.map((dim) => (typeof dim === 'number' ? dim : this.fail(`${why}: ${describe(dims)}`)));
  }

  numberOf(dim: Dim | undefined, what: string): number {
    return typeof dim === 'number' ? dim : this.fail(`${what} must not depend on the number of examples`);
  }

  /** Contents of an input that must be known before the graph runs; undefined where it is left out. */
  contents(index: number): readonly Dim[] | undefined {
    if (!this.has(index)) return undefined;
    return this.input(index).contents ?? this.fail(`input ${index} must be a constant, or follow from shapes`);
  }

  /** Those that are plain numbers. */
  numbers(index: number): number[] | undefined {
    const contents = this.contents(index);
    return contents && this.numbersOf(contents, `input ${index} must be plain numbers`);
  }

  /** An attribute: a whole number unless ONNX has it as another, or as the number of a constant. */
  number(name: string, otherwise: number): number {
    const value = this.node.attributes?.[name] ?? otherwise;
    const fits = typeof value === 'number' && (floatAttributes.has(name) || name === 'value' || isWhole(value));
    return fits ? value : this.fail(`${name} is no ${floatAttributes.has(name) ? 'number' : 'whole number'}`);
  }

  /** A list of whole numbers. */
  list(name: string): readonly number[] | undefined {
    const value = this.node.attributes?.[name];
    if (value === undefined) return undefined;
    return typeof value === 'object' && value.every(isWhole) ? value : this.fail(`${name} is no list of whole numbers`);
  }

  text(name: string, otherwise: string): string {
    const value = this.node.attributes?.[name] ?? otherwise;
    return typeof value === 'string' ? value : this.fail(`${name} is no text`);
  }

  /** An axis counted from the start. @param rank of the value */
  axis(axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(counted) || counted < 0 || counted >= Math.max(rank, 1))
      this.fail(`there is no axis ${axis}`);
    return counted;
  }

  /** Axes of an input (since some version) or an attribute (before). @returns undefined where neither is there */
  axes(input: number, rank: number): number[] | undefined {
    const given = this.has(input) ? this.numbers(input) : this.list('axes');
    return given?.map((axis) => this.axis(axis, rank));
  }

  /** Of floating-point inputs of one type. */
  float(index: number): TensorType {
    const input = this.input(index);
    if (input.type !== 'float32' && input.type !== 'float64')
      this.fail(`input ${index} is ${input.type}, and must be float32`);
    return input;
  }
}

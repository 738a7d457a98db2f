import type { FloatArray } from '../float-array.js';

/** What a rule reads of a node. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Outputs of one operator. */
export type Rule = (
  inputs: FloatArray[],
  attributes: Attributes,
  more: { opset: number; outputs: number },
) => FloatArray[];

export const number = (attributes: Attributes, name: string, otherwise: number): number =>
  (attributes[name] as number | undefined) ?? otherwise;
export const list = (attributes: Attributes, name: string): number[] | undefined =>
  attributes[name] as number[] | undefined;
export const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

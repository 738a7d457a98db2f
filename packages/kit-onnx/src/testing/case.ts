import type { Network } from '../network/network.js';
import { NetworkBuilder } from './network-builder.js';

/** One use of an operator. */
export interface Case {
  readonly operator: string;
  readonly network: Network;
  readonly inputShape: readonly number[];
  readonly range: [number, number];
  readonly says: string;
}

/** Writes nodes, and gives the output. */
export type Write = (b: NetworkBuilder) => string;

/** @param says beside the operator's name @param range of what is drawn */
export function one(
  operator: string,
  inputShape: readonly number[],
  write: Write,
  says = '',
  range: [number, number] = [-1, 1],
  opset = 21,
): Case {
  // prettier-ignore
  const builder = new NetworkBuilder(opset);
  const output = write(builder);
  return { operator, network: builder.build(output), inputShape, range, says };
}

/** Of a sum with a tensor. */
export const unary = (operator: string, attributes: Record<string, number | string> = {}, range: [number, number] = [-2, 2]): Case =>
  one(operator, [2, 3], (b) => b.node(operator, [b.node('Add', ['x', b.tensor(2, 3)])], attributes), JSON.stringify(attributes), range); // prettier-ignore

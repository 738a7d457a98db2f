import type { GraphLayer } from '@fedward/core';

/** One node of a network. An input of the empty text is left out. */
export type NetworkNode = GraphLayer['nodes'][number];

/** A table of numbers that is neither computed nor trained. */
export type NetworkConstant = GraphLayer['constants'][number];

/**
 * A network as a graph of ONNX operators, its nodes in an order in which each comes after what it takes. `input` is
 * [N, ...shape of an example]; tensors are what is trained or frozen, float32.
 */
export interface Network {
  /** Version of ONNX's operators by which the nodes are to be read. */
  readonly opset: number;
  readonly input: string;
  readonly output: string;
  /** Of one example: the output is [N, ...outputShape], float32. Absent where nobody has said; `inferTypes` holds the network to it. */
  readonly outputShape?: readonly number[] | undefined;
  readonly nodes: readonly NetworkNode[];
  readonly constants: readonly NetworkConstant[];
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

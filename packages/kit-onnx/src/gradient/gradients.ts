import type { Value } from '../graph/graph.js';
import type { Network, NetworkNode } from '../network/network.js';
import type { Emitter } from '../operators/emitter.js';
import { operatorOf, operators } from '../operators/table.js';
import type { Types } from '../types/infer.js';
import type { Forward } from './forward.js';

/** Whether gradients pass elements of a type. */
export function isFloat(types: Types, name: string): boolean {
  const type = types.get(name)?.type;
  return type === 'float32' || type === 'float64';
}

/** Names of all values that change where one of these does, these too. */
export function dependents(network: Network, types: Types, names: readonly string[]): ReadonlySet<string> {
  const result = new Set(names);
  const isOperand = (node: NetworkNode, index: number): boolean =>
    operators.get(node.op)?.operands?.includes(index) ?? false;
  for (const node of network.nodes)
    if (node.inputs.some((name, index) => result.has(name) && !isOperand(node, index)))
      for (const name of node.outputs) if (isFloat(types, name)) result.add(name);
  return result;
}

/** Adds what arrives by several ways. */
export class Sums {
  readonly #sums = new Map<string, Value>();

  constructor(readonly emit: Emitter) {}

  add(name: string, gradient: Value | undefined): void {
    if (gradient === undefined) return;
    const before = this.#sums.get(name);
    this.#sums.set(name, before === undefined ? gradient : this.emit.add(before, gradient));
  }

  get(name: string): Value | undefined {
    return this.#sums.get(name);
  }
}

/**
 * Writes the gradients of the sum of the output times `outputGradient` (reverse-mode differentiation: each node once, from the
 * last to the first).
 * @param forward of the network, in whose graph they are written
 * @param outputGradient float32 of the output's shape
 * @param wanted names of tensors, of the network's input too if asked
 * @returns for each of these its gradient, of its shape
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming operator and node where one on the way has no gradient
 */
export function addGradients(
  network: Network,
  types: Types,
  forward: Forward,
  outputGradient: Value,
  wanted: readonly string[],
): Map<string, Value> {
  const { emit } = forward;
  const reached = dependents(network, types, wanted);
  const sums = new Sums(emit);
  sums.add(network.output, outputGradient);
  for (const { node, step } of forward.steps.toReversed()) {
    const asked = node.inputs.map((name) => reached.has(name) && isFloat(types, name));
    if (!asked.includes(true)) continue;
    node.outputs.forEach((name, output) => {
      const gradient = sums.get(name);
      if (gradient === undefined) return;
      const { backward } = operatorOf(node);
      const gradients = backward?.(step, gradient, asked, output) ?? step.call.fail('this operator has no gradient');
      node.inputs.forEach((input, index) => asked[index] && sums.add(input, gradients[index]));
    });
  }
  return new Map(wanted.map((name) => [name, sums.get(name) ?? zeros(emit, types, name)]));
}

/** Of what the output does not depend on. */
export function zeros(emit: Emitter, types: Types, name: string): Value {
  return emit.node('Expand', [emit.scalar(0), emit.dims(types.get(name)!.dims)]);
}

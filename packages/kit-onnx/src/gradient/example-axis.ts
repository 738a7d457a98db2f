import { FedwardError } from '@fedward/core';
import type { Network } from '../network/network.js';
import { operatorOf } from '../operators/table.js';
import { batchFactor, describe } from '../types/dims.js';
import { callOf, type Types } from '../types/infer.js';
import type { Forward } from './forward.js';

/** Inputs that take the number of examples as a size, beside those that are only read when the graph is written. */
const sizes: ReadonlyMap<string, number> = new Map([['Expand', 1]]);

/**
 * Holds a network to what privacy by example needs: every value that depends on an example keeps to one axis of examples, and
 * no operator brings two of them together.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming operator and node
 */
export function assertExamplesApart(network: Network, types: Types, forward: Forward): void {
  const dependent = new Set([network.input]);
  for (const { node } of forward.steps) {
    const operator = operatorOf(node);
    const call = callOf(network, node, types);
    const isSize = (index: number): boolean => operator.operands?.includes(index) || sizes.get(node.op) === index;
    const counted = call.inputs.some(
      (input, index) => !isSize(index) && input?.contents?.some((one) => batchFactor(one) > 0),
    );
    if (counted) call.fail('computes with the number of examples, which is refused where each example counts');
    // What is repeated for each example tells their number, as their own values would.
    const isOfExamples = call.outputs.some(({ dims }) => dims.some((dim) => batchFactor(dim) > 0));
    // Of operands only what is known before the graph runs is read.
    const depends = node.inputs.some((name, index) => !operator.operands?.includes(index) && dependent.has(name));
    if (!isOfExamples && !depends) continue;
    const why = operator.mixes?.(call);
    if (why !== undefined) call.fail(why);
    for (const name of node.outputs) {
      if (name === '') continue;
      const { dims } = types.get(name)!;
      if (dims.filter((dim) => batchFactor(dim) > 0).length !== 1)
        call.fail(`${describe(dims)} does not keep the examples to one axis, so that none has a gradient of its own`);
      dependent.add(name);
    }
  }
  if (!dependent.has(network.output))
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'the output of the network does not depend on its input',
      network.output,
    );
}

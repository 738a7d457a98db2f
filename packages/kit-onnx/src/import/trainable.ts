import { isFedwardError } from '@fedward/core';
import { addExampleGradients } from '../gradient/example-gradients.js';
import { Graph } from '../graph/graph.js';
import { addForward } from '../gradient/forward.js';
import { addGradients } from '../gradient/gradients.js';
import { operatorOf } from '../operators/table.js';
import { callOf, inferTypes, multiplyAdds } from '../types/infer.js';
import type { ImportedNetwork } from './import-network.js';

/** What training would say to a network. */
export interface Trainability {
  /** Of one example's forward pass. */
  readonly multiplyAdds: number;
  /** What differential privacy by example would refuse, in sentences that name operator and node. */
  readonly refusedUnderPrivacy: readonly string[];
}

/**
 * Writes the gradients of all that would be trained, and throws them away: what has none is found before anybody trains.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming operator and node where one has no gradient
 */
export function trainability({
  layer,
  inputShape,
  frozen,
}: Pick<ImportedNetwork, 'layer' | 'inputShape' | 'frozen'>): Trainability {
  const types = inferTypes(layer, inputShape);
  const wanted = layer.tensors.map(({ name }) => name).filter((name) => !frozen.includes(name));
  const write = () => {
    const tensors = new Map(layer.tensors.map(({ name }) => [name, `tensor ${name}`]));
    return addForward(new Graph(), layer, types, { input: 'the input', tensors });
  };
  addGradients(layer, types, write(), 'the gradient', wanted);
  const mixing = write().steps.flatMap(({ node }) => {
    const why = operatorOf(node).mixes?.(callOf(layer, node, types));
    return why === undefined ? [] : [`${node.op} (${node.outputs[0]}): ${why}`];
  });
  const refusedUnderPrivacy =
    mixing.length > 0
      ? mixing
      : refusals(() => {
          addExampleGradients(layer, types, write(), 'the gradient', wanted);
        });
  return { multiplyAdds: multiplyAdds(layer, inputShape), refusedUnderPrivacy };
}

/** What is said to it, where it is refused. */
function refusals(attempt: () => void): string[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (isFedwardError(error)) return [error.message];
    throw error;
  }
}

import type { Graph, Value } from '../graph/graph.js';
import type { Network, NetworkNode } from '../network/network.js';
import { floatAttributes } from '../operators/call.js';
import { Emitter } from '../operators/emitter.js';
import type { Step } from '../operators/operator.js';
import { operatorOf } from '../operators/table.js';
import type { Attribute } from '../graph/graph.js';
import { callOf, type Types } from '../types/infer.js';

/** What a network's forward pass takes in a graph. */
export interface ForwardInputs {
  /** float32 [N, ...shape of an example]. */
  readonly input: Value;
  /** Every tensor of the network, by name. */
  readonly tensors: ReadonlyMap<string, Value>;
  /** Of Dropout nodes, by their first output: what each element is multiplied by. Without one nothing is dropped. */
  readonly masks?: ReadonlyMap<string, Value>;
}

/** A forward pass in a graph, with what its gradient needs. */
export interface Forward {
  readonly output: Value;
  /** Of the network's values, those that were written. */
  readonly values: ReadonlyMap<string, Value>;
  /** In the order of the network, those nodes that the output needs. */
  readonly steps: readonly { readonly node: NetworkNode; readonly step: Step }[];
  readonly emit: Emitter;
}

/**
 * Writes a network's forward pass into a graph, by operators of version `emittedOpset`. What is known before the graph runs
 * becomes constants, and what the output does not need is left out.
 * @param types of `inferTypes`
 * @param gradient whether gradients will be added
 */
export function addForward(
  graph: Graph,
  network: Network,
  types: Types,
  inputs: ForwardInputs,
  gradient = true,
): Forward {
  const emit = new Emitter(graph, inputs.input);
  const values = new Map<string, Value>([[network.input, inputs.input], ...inputs.tensors]);
  const valueOf = (name: string): Value => {
    if (name === '') return '';
    const known = values.get(name);
    if (known !== undefined) return known;
    const { type, dims, contents } = types.get(name)!;
    const value = constantOf();
    values.set(name, value);
    return value;

    function constantOf(): Value {
      if (contents!.every((one) => typeof one === 'number'))
        return emit.constant(contents, dims as readonly number[], type);
      const whole = emit.reshape(emit.dims(contents!), dims, [contents!.length]);
      return type === 'int64' ? whole : emit.cast(whole, type);
    }
  };
  const steps = neededNodes(network, types).map((node) => {
    const call = callOf(network, node, types);
    const operator = operatorOf(node);
    const taken = node.inputs.map((name, index) => (operator.operands?.includes(index) ? '' : valueOf(name)));
    const mask = inputs.masks?.get(node.outputs[0]!);
    const begun = { call, emit, inputs: taken, mask };
    const written = operator.forward?.(begun, gradient) ?? { outputs: asItIs(graph, node, taken) };
    written.outputs.forEach((value, index) => {
      const name = node.outputs[index];
      if (name) values.set(name, value);
    });
    return { node, step: { ...begun, outputs: written.outputs, saved: written.saved ?? [] } };
  });
  return { output: valueOf(network.output), values, steps, emit };
}

/** Nodes that the output needs and that are not known before the graph runs, in their order. */
function neededNodes(network: Network, types: Types): NetworkNode[] {
  const needed = new Set([network.output]);
  const isKnown = (name: string): boolean => types.get(name)?.contents !== undefined;
  return network.nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((name) => needed.has(name) && !isKnown(name))) return false;
      const { operands } = operatorOf(node);
      node.inputs.forEach((name, index) => operands?.includes(index) || needed.add(name));
      return true;
    })
    .toReversed();
}

function asItIs(graph: Graph, node: NetworkNode, inputs: readonly Value[]): Value[] {
  const attributes = Object.entries(node.attributes ?? {}).map(([name, value]): [string, Attribute] => [
    name,
    floatAttributes.has(name) ? { float: value as number } : value,
  ]);
  let last = inputs.length;
  while (last > 0 && inputs[last - 1] === '') last--;
  return graph.nodes(node.op, inputs.slice(0, last), node.outputs.length, Object.fromEntries(attributes));
}

import type { Network, NetworkNode } from '../network/network.js';
import { elementwise } from './interpreter/elementwise.js';
import { Einsum } from './interpreter/einsum.js';
import { products } from './interpreter/products.js';
import { reductions } from './interpreter/reductions.js';
import { Resize } from './interpreter/resize.js';
import type { Rule } from './interpreter/rule.js';
import { shapes } from './interpreter/shapes.js';
import { windows } from './interpreter/windows.js';
import { array, type FloatArray } from './float-array.js';

const rules: Readonly<Record<string, Rule>> = {
  ...elementwise,
  ...products,
  ...reductions,
  ...shapes,
  ...windows,
  Einsum,
  Resize,
};

/**
 * A network's forward pass in float64, written from the definitions of ONNX's operators and sharing nothing with the code that
 * is tested by it but the network's type. Slow and plain.
 * @param given the input and all tensors, by name
 * @returns every value by name
 */
export function interpret(network: Network, given: ReadonlyMap<string, FloatArray>): Map<string, FloatArray> {
  const values = new Map(given);
  for (const { name, shape, values: numbers } of network.constants) values.set(name, array(shape, numbers.map(Number)));
  for (const node of network.nodes) {
    const outputs = evaluate(node, network.opset, values);
    node.outputs.forEach((name, index) => name && outputs[index] && values.set(name, outputs[index]));
  }
  return values;
}

function evaluate(node: NetworkNode, opset: number, values: ReadonlyMap<string, FloatArray>): FloatArray[] {
  const rule = rules[node.op];
  if (!rule) throw new Error(`the interpreter has no ${node.op}`);
  const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
  return rule(inputs as FloatArray[], node.attributes ?? {}, { opset, outputs: node.outputs.length });
}

/** The sum of a network's output times `weights`, by which gradients are. */
function weighted(network: Network, given: ReadonlyMap<string, FloatArray>, weights: ArrayLike<number>): number {
  const { values } = interpret(network, given).get(network.output)!;
  return values.reduce((sum, value, at) => sum + value * weights[at]!, 0);
}

/**
 * The derivative of the sum of a network's output times `weights` where one of what is given moves in a direction, by central
 * differences of step h.
 */
export function directionalDerivative(
  network: Network,
  given: ReadonlyMap<string, FloatArray>,
  weights: ArrayLike<number>,
  name: string,
  direction: (place: number) => number,
  h = 1e-6,
): number {
  const { shape, values } = given.get(name)!;
  const moved = (by: number): number => {
    const other = values.map((value, place) => value + by * direction(place));
    return weighted(network, new Map(given).set(name, { shape, values: other }), weights);
  };
  return (moved(h) - moved(-h)) / (2 * h);
}

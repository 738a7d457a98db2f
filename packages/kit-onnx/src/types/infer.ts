import { FedwardError } from '@fedward/core';
import type { Network, NetworkConstant } from '../network/network.js';
import { Call } from '../operators/call.js';
import { operatorOf } from '../operators/table.js';
import { describe, equalShapes, multiply, size } from './dims.js';
import type { TensorType } from './tensor-type.js';

/** Numbers that a value may have of one example: 1 GiB of them in float32. */
const most = 2 ** 28;

/** Of every value, by name. */
export type Types = ReadonlyMap<string, TensorType>;

/**
 * Types and dimensions of all values of a network. What follows from shapes alone (`x.view(x.shape[0], -1)` as exported) is
 * computed here.
 * @param inputShape of one example
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming operator and node where one is not in the set or does not fit; the subject
 * is the node's first output. The same for an output that is not [N, ...outputShape]
 */
export function inferTypes(network: Network, inputShape: readonly number[]): Types {
  const types = new Map<string, TensorType>();
  const define = (name: string, type: TensorType): void => {
    if (types.has(name)) throw new FedwardError('CONFIG_INCOMPATIBLE', `two values are called ${name}`, name);
    types.set(name, type);
  };
  define(network.input, { type: 'float32', dims: [{ batch: 1 }, ...inputShape] });
  for (const constant of network.constants) define(constant.name, typeOfConstant(constant));
  for (const tensor of network.tensors) define(tensor.name, { type: 'float32', dims: tensor.shape });
  for (const node of network.nodes) {
    const call = callOf(network, node, types);
    const inferred = operatorOf(node).infer(call);
    node.outputs.forEach((name, index) => {
      if (name === '') return;
      const type = inferred[index] ?? call.fail(`its output ${index} can't be used`);
      if (!type.dims.every((dim) => Number.isInteger(size(dim)) && size(dim) >= 0))
        call.fail(`${describe(type.dims)} is no shape`);
      if (type.dims.reduce<number>((product, dim) => product * size(dim), 1) > most)
        call.fail(`${describe(type.dims)} is more than ${most} numbers of an example`);
      define(name, type);
    });
  }
  assertOutput(network, types.get(network.output));
  return types;
}

/** Who counts on rows of examples gets them: an output turned round would bring them together in the loss. */
function assertOutput({ output, outputShape }: Network, type: TensorType | undefined): void {
  const refuse = (why: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `the network's output ${output} ${why}`, output);
  };
  if (!type) return refuse('is no value of it');
  if (outputShape === undefined) return;
  const said = [{ batch: 1 }, ...outputShape];
  if (type.type !== 'float32' || !equalShapes(type.dims, said))
    refuse(`is ${type.type} ${describe(type.dims)}, and was said to be float32 ${describe(said)}`);
}

/** A node with the types of its inputs, and of its outputs where they are known. */
export function callOf(network: Network, node: Network['nodes'][number], types: Types): Call {
  const inputs = node.inputs.map((name) => {
    if (name === '') return undefined;
    const type = types.get(name);
    if (type) return type;
    throw new FedwardError('CONFIG_INCOMPATIBLE', `${node.op} (${node.outputs[0]}) takes ${name}, which no value before it is`, node.outputs[0]); // prettier-ignore
  });
  const outputs = node.outputs.map((name) => types.get(name)).filter((type) => type !== undefined);
  return new Call(node, network.opset, inputs, outputs);
}

/** Of types of whole numbers the largest; of int64 what JSON and JavaScript tell exactly. */
const largest: Readonly<Record<string, number>> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER };

function typeOfConstant({ name, type, shape, values }: NetworkConstant): TensorType {
  const refuse = (why: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `the constant ${name} ${why}`, name);
  };
  if (multiply(shape) !== values.length) refuse(`has ${values.length} numbers, and its shape others`);
  const contents = values.map(Number);
  const most = largest[type];
  const wrong = contents.find((value) => most !== undefined && !(Number.isInteger(value) && Math.abs(value) <= most));
  if (wrong !== undefined) refuse(`is ${type}, and has ${wrong}`);
  return { type, dims: shape, contents };
}

/**
 * Multiply-adds of one example's forward pass: of convolutions and products of matrices, which are nearly all of the work.
 * @param inputShape of one example
 */
export function multiplyAdds(network: Network, inputShape: readonly number[]): number {
  const types = inferTypes(network, inputShape);
  return network.nodes.reduce(
    (sum, node) => sum + (operatorOf(node).multiplyAdds?.(callOf(network, node, types)) ?? 0),
    0,
  );
}

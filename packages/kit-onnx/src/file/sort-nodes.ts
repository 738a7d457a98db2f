import { FedwardError } from '@fedward/core';
import type { OnnxNode, OnnxPort } from './onnx-file.js';

/**
 * The nodes in an order in which each comes after what it takes; those that are in such an order stay in it.
 * @param given names of tensors and inputs
 * @throws {FedwardError} FILE_INVALID naming the value: given twice, by nobody, or by nodes in a circle
 */
export function sortNodes(
  nodes: readonly OnnxNode[],
  given: readonly string[],
  outputs: readonly OnnxPort[],
  file: string,
): readonly OnnxNode[] {
  const refuse = (value: string, why: string): never => {
    throw new FedwardError('FILE_INVALID', `${file}: ${why}`, value);
  };
  /** Who makes it; nobody for what is given. */
  const makers = new Map<string, number>();
  const put = (value: string, maker: number): void => {
    if (makers.has(value)) refuse(value, `the value ${JSON.stringify(value)} is given twice`);
    makers.set(value, maker);
  };
  for (const value of given) put(value, -1);
  for (const [index, node] of nodes.entries()) for (const value of node.outputs) if (value !== '') put(value, index);

  const waiting = nodes.map(() => 0);
  const users: number[][] = nodes.map(() => []);
  for (const [index, node] of nodes.entries())
    for (const value of node.inputs) {
      if (value === '') continue;
      const maker = makers.get(value);
      if (maker === undefined)
        refuse(
          value,
          `node ${JSON.stringify(node.name)} (${node.op}) takes ${JSON.stringify(value)}, which nothing gives`,
        );
      else if (maker >= 0) {
        waiting[index]!++;
        users[maker]!.push(index);
      }
    }
  for (const { name } of outputs)
    if (!makers.has(name)) refuse(name, `nothing gives the output ${JSON.stringify(name)}`);

  if (nodes.every((node, index) => node.inputs.every((value) => (makers.get(value) ?? -1) < index))) return nodes;
  const ready = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  const order: OnnxNode[] = [];
  for (let at = 0; at < ready.length; at++) {
    const index = ready[at]!;
    order.push(nodes[index]!);
    for (const user of users[index]!) if (--waiting[user]! === 0) ready.push(user);
  }
  if (order.length < nodes.length) {
    const [stuck] = nodes.filter((_, index) => waiting[index]! > 0);
    return refuse(stuck!.name, `node ${JSON.stringify(stuck!.name)} (${stuck!.op}) waits for its own output: a circle`);
  }
  return order;
}

import type { Graph, WrittenNode } from './graph.js';

const lists = (value: unknown): readonly number[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'number') ? (value as number[]) : undefined;

/**
 * Nodes that ONNX Runtime 1.30 refuses on WebGPU, or computes otherwise there than on the processor and than ONNX says, by
 * operator. Each was found by comparing the operators' cases and random graphs on both (`webgpu.slow.test.ts`).
 */
const offWebgpu: Readonly<Record<string, (node: WrittenNode, graph: Graph) => boolean>> = {
  // Right by itself, and wrong in some random graphs: in which forms was not looked for.
  BatchNormalization: () => true,
  // Kernels of one place are taken for a product, whatever the pads.
  Conv: ({ attributes }) => {
    const kernel = lists(attributes['kernel_shape']);
    if (kernel === undefined || (attributes['auto_pad'] ?? 'NOTSET') !== 'NOTSET') return true;
    const padded = lists(attributes['pads'])?.some((pad) => pad !== 0) ?? false;
    const inGroups = (attributes['group'] ?? 1) !== 1;
    return (padded && kernel.every((size) => size === 1)) || (inGroups && kernel.length > 2);
  },
  ConvTranspose: ({ attributes }) => (lists(attributes['kernel_shape'])?.length ?? 3) > 2,
  // WGSL lets them be 2^-11 off.
  Cos: () => true,
  Sin: () => true,
  // Not with the places of what won.
  MaxPool: ({ outputs }) => outputs > 1,
  // Not backwards.
  Slice: ({ inputs }, graph) => inputs[4] !== undefined && !graph.integersOf(inputs[4])?.every((step) => step > 0),
};

/** Names of the nodes of a graph that are to stay on the processor where WebGPU computes the rest. */
export function nodesOffWebgpu(graph: Graph): string[] {
  return graph.written.filter((node) => offWebgpu[node.op]?.(node, graph)).map(({ name }) => name);
}

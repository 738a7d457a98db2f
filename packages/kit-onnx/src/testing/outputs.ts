import type { ImportedNetwork } from '../import/import-network.js';
import { addForward } from '../gradient/forward.js';
import { Graph } from '../graph/graph.js';
import { inferTypes } from '../types/infer.js';
import { withGraph } from './run-graph.js';

/**
 * What an imported network gives, on ONNX Runtime.
 * @param examples one after the other, in the order of the network's input
 */
export async function outputsOf(network: ImportedNetwork, examples: readonly number[]): Promise<number[]> {
  const { layer, inputShape, parameters } = network;
  const graph = new Graph();
  const input = graph.input({ name: 'x', type: 'float32', shape: ['N', ...inputShape], meaning: '' });
  const tensors = new Map(parameters.map(({ name, shape, values }) => [name, graph.float32(values, shape)]));
  const { output } = addForward(graph, layer, inferTypes(layer, inputShape), { input, tensors });
  graph.output(output, { name: 'y', type: 'float32', shape: ['N', ...layer.outputShape], meaning: '' });
  const each = inputShape.reduce((product, n) => product * n, 1);
  const x = { shape: [examples.length / each, ...inputShape], values: examples };
  return withGraph(graph, async (run) => Array.from((await run({ x }))['y']!.values));
}

/** Examples with channels first, with channels last. */
export function channelsLast(examples: readonly number[], [channels, ...positions]: readonly number[]): number[] {
  const size = positions.reduce((product, n) => product * n, 1);
  return examples.map((_, at) => {
    const [example, rest] = [Math.floor(at / (channels! * size)), at % (channels! * size)];
    const [position, channel] = [Math.floor(rest / channels!), rest % channels!];
    return examples[(example * channels! + channel) * size + position]!;
  });
}

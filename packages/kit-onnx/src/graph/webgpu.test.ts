import { expect, it } from 'vitest';
import { Graph } from './graph.js';
import { nodesOffWebgpu } from './webgpu.js';

it('names the nodes that are to stay on the processor, and no others', () => {
  const graph = new Graph();
  const [x, w] = ['x', 'w'].map((name) => graph.input({ name, type: 'float32', shape: ['N'], meaning: '' }));
  const convolution = (...[kernel, pads, group = 1]: [number[], number[], number?]) =>
    graph.node('Conv', [x!, w!], { kernel_shape: kernel, pads, group });
  const backwards = (steps: number[]) =>
    graph.node('Slice', [x!, ...[[1], [0], [0], steps].map((v) => graph.int64(v))]);
  const stay = [
    convolution([1, 1], [0, 1, 0, 0]),
    convolution([3, 3, 3], [1, 1, 1, 1, 1, 1], 2),
    graph.node('Conv', [x!, w!], { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER' }),
    graph.node('ConvTranspose', [x!, w!], { kernel_shape: [2, 2, 2] }),
    graph.nodes('MaxPool', [x!], 2, { kernel_shape: [2] })[0],
    backwards([-1]),
    graph.node('Sin', [x!]),
  ];
  for (const [kernel, pads, group] of [
    [
      [1, 1],
      [0, 0, 0, 0],
    ],
    [[3, 1], [1, 0, 1, 0], 4],
    [
      [3, 3, 3],
      [0, 0, 0, 0, 0, 0],
    ],
  ] as [number[], number[], number?][])
    convolution(kernel, pads, group);
  graph.node('MaxPool', [x!], { kernel_shape: [2] });
  graph.node('ConvTranspose', [x!, w!], { kernel_shape: [2, 2] });
  backwards([2]);
  expect(nodesOffWebgpu(graph)).toEqual(stay);
});

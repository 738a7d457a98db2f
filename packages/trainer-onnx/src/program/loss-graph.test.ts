import type { LossName } from '@fedward/core';
import { lossOf, type RoundObjective } from '@fedward/core/training';
import { Graph } from '@fedward/kit-onnx';
import { expect, it } from 'vitest';
import { startRuntime } from '../start.js';
import { addLossGradient } from './loss-graph.js';
import { targetsOf } from './targets.js';

const cases: [Exclude<LossName, 'cox'>, number, RoundObjective][] = [
  ['squared-error', 1, {}],
  ['softmax-cross-entropy', 3, {}],
  ['softmax-cross-entropy', 3, { classWeights: [0.5, 2, 1], labelSmoothing: 0.1 }],
  ['softmax-cross-entropy', 3, { generalizedCrossEntropy: { q: 0.7 } }],
  ['softmax-cross-entropy', 3, { generalizedCrossEntropy: { q: 0.01 } }],
  ['sigmoid-cross-entropy', 1, {}],
  ['sigmoid-cross-entropy', 1, { classWeights: [0.5, 2], labelSmoothing: 0.1 }],
  ['sigmoid-cross-entropy', 1, { generalizedCrossEntropy: { q: 0.7 } }],
  ['sigmoid-cross-entropy', 1, { generalizedCrossEntropy: { q: 0.01 } }],
];

it.each(cases)("%s of %d outputs with %j has the gradient of core's loss, for outputs of any size", async (...one) => {
  const [loss, width, objective] = one;
  // Those that are sure and wrong count most, whatever float32 makes of their probability.
  const sizes = [0, 0.3, -2, 15, -15, 60, -60, 110, -110, 500, -500];
  const classes = Math.max(width, 2);
  const labels = Float32Array.from(sizes, (size, i) => (loss === 'squared-error' ? size / 2 : (i >> 1) % classes));
  const outputs = Float32Array.from({ length: sizes.length * width }, (_, k) => (k % width === 0 ? sizes[k / width]! : k % 2)); // prettier-ignore
  const graph = new Graph();
  const port = (name: string, shape: readonly (number | 'N')[]) => ({ name, type: 'float32', shape, meaning: '' }) as const; // prettier-ignore
  const inputs = {
    outputs: graph.input(port('outputs', ['N', width])),
    targets: graph.input(port('targets', ['N', width])),
    weights: graph.input(port('weights', ['N'])),
  };
  const gradient = addLossGradient(graph, loss, inputs, objective.generalizedCrossEntropy?.q);
  graph.output(gradient, port('gradient', ['N', width]));
  const { runtime, open } = await startRuntime('cpu', 1);
  const session = await open(graph);
  const { targets, weights } = targetsOf(loss, labels, width, objective);
  const rows = (values: Float32Array) => new runtime.Tensor('float32', values, [sizes.length, width]);
  const feeds = { outputs: rows(outputs), targets: rows(targets), weights: new runtime.Tensor('float32', weights, [sizes.length]) }; // prettier-ignore
  const found = (await session.run(feeds, { gradient: null }))['gradient']!.data as Float32Array;
  await session.close();
  const expected = lossOf(loss, outputs, labels, width, objective).gradient;
  expect(Math.max(...expected.map((value, k) => Math.abs(value - found[k]!)))).toBeLessThan(2e-6);
});

import { createParameters, layoutOf, modelSpecSchema, tensorValues } from '@fedward/core';
import { addForward, encodeModel, emittedOpset, Graph, inferTypes } from '@fedward/kit-onnx';
import * as ort from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { bundleFor } from '../testing/problems.js';
import { onnxModel } from './to-onnx.js';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** A small residual network with channels last in and groups, then a dense layer behind a group norm. */
const layer = {
  type: 'graph',
  opset: 21,
  input: 'x',
  output: 'y',
  outputShape: [4],
  nodes: [
    { op: 'Transpose', inputs: ['x'], outputs: ['first'], attributes: { perm: [0, 3, 1, 2] } },
    { op: 'Conv', inputs: ['first', 'w', 'b'], outputs: ['c'], attributes: { pads: [1, 1, 1, 1] } },
    { op: 'GroupNormalization', inputs: ['c', 's', 't'], outputs: ['n'], attributes: { num_groups: 2, epsilon: 1e-5 } },
    { op: 'Relu', inputs: ['n'], outputs: ['r'] },
    { op: 'Add', inputs: ['r', 'c'], outputs: ['a'] },
    { op: 'GlobalAveragePool', inputs: ['a'], outputs: ['p'] },
    { op: 'Reshape', inputs: ['p', 'to'], outputs: ['y'] },
  ],
  constants: [{ name: 'to', type: 'int64', shape: [2], values: [0, -1] }],
  tensors: [
    { name: 'w', shape: [4, 2, 3, 3] },
    { name: 'b', shape: [4] },
    { name: 's', shape: [4] },
    { name: 't', shape: [4] },
  ],
} as const;
const spec = modelSpecSchema.parse({
  inputShape: [5, 4, 2],
  layers: [layer, { type: 'group-norm', groups: 2 }, { type: 'dense', units: 3 }],
  loss: 'softmax-cross-entropy',
});

it('exports a graph among other layers: its numbers and those of the layers behind it', async () => {
  const bundle = bundleFor(spec, 'classes', null, 3, { label: { name: 'y', classes: ['a', 'b', 'c'] } });
  const { bytes } = onnxModel(bundle);
  const rows = Float32Array.from({ length: 3 * 40 }, (_, i) => Math.sin(i * 0.7));
  const features = new ort.Tensor('float32', rows, [3, 5, 4, 2]);
  const session = await ort.InferenceSession.create(bytes);
  const { probabilities } = await session.run({ features });

  // The graph alone, and the other layers by hand.
  const graph = new Graph();
  const x = graph.input({ name: 'x', type: 'float32', shape: ['N', 5, 4, 2], meaning: '' });
  const weights = (name: string) => tensorValues(bundle.weights, name);
  const tensors = new Map(
    layer.tensors.map(({ name, shape }) => [name, graph.float32(weights(`0.graph.${name}`), shape)]),
  );
  const network = spec.layers[0] as Parameters<typeof inferTypes>[0];
  const { output } = addForward(graph, network, inferTypes(network, [5, 4, 2]), { input: x, tensors }, false);
  graph.output(output, { name: 'y', type: 'float32', shape: ['N', 4], meaning: '' });
  const opset_import = [{ domain: '', version: emittedOpset }];
  const alone = await ort.InferenceSession.create(
    encodeModel({ ir_version: 10, opset_import, graph: graph.toMessage('', '') }),
  );
  const pooled = (await alone.run({ x: features }))['y']!.data as Float32Array;
  const [scale, shift, kernel, bias] = ['1.group-norm.scale', '1.group-norm.shift', '2.dense.kernel', '2.dense.bias'].map(weights); // prettier-ignore
  for (let row = 0; row < 3; row++) {
    const values = Array.from(pooled.subarray(row * 4, row * 4 + 4));
    const normal = values.map((value, c) => {
      const [one, other] = c < 2 ? [values[0]!, values[1]!] : [values[2]!, values[3]!];
      const [mean, half] = [(one + other) / 2, (one - other) / 2];
      return ((value - mean) / Math.sqrt(half * half + 1e-5)) * scale![c]! + shift![c]!;
    });
    const logits = [0, 1, 2].map((k) => normal.reduce((sum, value, c) => sum + value * kernel![c * 3 + k]!, bias![k]!));
    const powers = logits.map(Math.exp);
    const sum = powers.reduce((a, b) => a + b);
    powers.forEach((power, k) => expect(probabilities!.data[row * 3 + k]).toBeCloseTo(power / sum, 5));
  }
});

it('gives equal bytes for equal bundles', () => {
  const bundle = bundleFor(spec, 'classes', null, 3, { label: { name: 'y', classes: ['a', 'b', 'c'] } });
  expect(
    onnxModel({ ...bundle, weights: createParameters(layoutOf(spec), bundle.weights.values.slice()) }).bytes,
  ).toEqual(onnxModel(bundle).bytes);
});

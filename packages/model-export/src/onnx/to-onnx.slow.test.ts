import { wasmTrainer } from '@fedward/trainer-wasm';
import * as ort from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { compared } from '../testing/compare.js';
import { feedsOf } from '../testing/expected.js';
import { arrayProblem, bundleFor, mixedProblem, networkFor, type Problem } from '../testing/problems.js';
import { onnxModel } from './to-onnx.js';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const trainer = wasmTrainer();

async function run(problem: Problem) {
  const { bytes, inputs } = onnxModel(problem.bundle);
  const session = await ort.InferenceSession.create(bytes);
  const feeds = feedsOf(problem, inputs);
  const tensors = inputs.map(({ name, type, shape }) => {
    const dims = shape.map((size) => (size === 'N' ? problem.rows.length : size));
    return [name, new ort.Tensor(type as 'float64', feeds[name] as Float64Array, dims)];
  });
  return session.run(Object.fromEntries(tensors));
}

const checked = async (problem: Problem) => compared(problem, trainer, (await run(problem)) as never);

it.each([
  [1, 'binary'],
  [2, 'classes'],
  [3, 'value'],
  [4, 'survival'],
  [5, 'binary'],
  [6, 'binary'],
] as const)('raw rows of mixed columns, seed %i, %s: as fedward itself', async (seed, task) => {
  const { worst, scored } = await checked(await mixedProblem(seed, task));
  expect(scored).toBeGreaterThan(15);
  expect(scored).toBeLessThan(60);
  expect(worst).toBeLessThan(1e-5);
});

const conv1d = { type: 'conv1d', filters: 4, kernelSize: 3 } as const;
const conv2d = { type: 'conv2d', filters: 6, kernelSize: [3, 2] } as const;

it.each([
  [
    'signal',
    [16, 2],
    [
      { ...conv1d, stride: 2, padding: 'same' },
      { type: 'activation', function: 'tanh' },
    ],
  ],
  ['signal', [17, 3], [conv1d, { type: 'max-pool1d', kernelSize: 2, stride: 2 }, { type: 'group-norm', groups: 2 }]],
  [
    'signal',
    [9, 1],
    [
      { ...conv1d, bias: false },
      { type: 'average-pool1d', kernelSize: 3 },
      { type: 'dropout', rate: 0.5 },
    ],
  ],
  [
    'image',
    [9, 8, 3],
    [conv2d, { type: 'group-norm', groups: 3 }, { type: 'max-pool2d', kernelSize: [2, 3], stride: [2, 1] }],
  ],
  [
    'image',
    [7, 7, 1],
    [
      { ...conv2d, stride: [2, 3], padding: 'same' },
      { type: 'activation', function: 'relu' },
    ],
  ],
  [
    'image',
    [6, 6, 2],
    [
      { type: 'average-pool2d', kernelSize: [2, 2], stride: [2, 2] },
      { type: 'scale', factor: -0.5 },
    ],
  ],
  [
    'vector',
    [12],
    [
      { type: 'group-norm', groups: 4 },
      { type: 'activation', function: 'sigmoid' },
    ],
  ],
] as const)('%s %j', async (kind, shape, layers) => {
  for (const task of ['binary', 'classes'] as const) {
    const { worst, scored } = await checked(arrayProblem(7, task, { kind, shape }, layers as never));
    expect(scored).toBe(17);
    expect(worst).toBeLessThan(1e-5);
  }
});

it('a vector with logarithms and a range', async () => {
  const column = { kind: 'vector', shape: [10], transform: 'log2', range: [2, 6] } as const;
  const { worst, scored } = await checked(arrayProblem(8, 'value', column, []));
  expect(scored).toBe(17);
  expect(worst).toBeLessThan(1e-5);
});

it('features as they are, and the probability of an event', async () => {
  const model = networkFor('survival', [3]);
  const baseline = { times: [10, 20, 30], cumulative: [0.1, 0.25, 0.6] };
  const bundle = bundleFor(model, 'survival', null, 5, { baseline, evaluationSettings: { horizon: 25 } });
  const session = await ort.InferenceSession.create(onnxModel(bundle).bytes);
  const rows = [0.5, -1, 2, 1, NaN, 0];
  const { log_hazard, event_probability } = await session.run({
    features: new ort.Tensor('float32', Float32Array.from(rows), [2, 3]),
  });
  const { values } = bundle.weights;
  const hazard = values[0]! * 0.5 - values[1]! + values[2]! * 2 + values[3]!;
  expect((log_hazard!.data as Float32Array)[0]).toBeCloseTo(hazard, 5);
  expect((event_probability!.data as Float32Array)[0]).toBeCloseTo(1 - Math.exp(-0.25 * Math.exp(hazard)), 5);
  expect((log_hazard!.data as Float32Array)[1]).toBeNaN();
});

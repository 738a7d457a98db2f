import { createParameters, layoutOf, Random, type ModelSpec, type Parameters } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { clippedSum } from './testing/clipped-sum.js';
import { planOf, spec } from './testing/problems.js';
import { onnxTrainer } from './trainer.js';

/** A graph of opset 17 that takes `x` and gives `y`, as the only layer. */
const graph = (
  inputShape: number[],
  outputs: number,
  members: { nodes: object[]; constants?: object[]; tensors: object[] },
  loss: ModelSpec['loss'] = 'softmax-cross-entropy',
): ModelSpec =>
  spec(
    inputShape,
    [{ type: 'graph', opset: 17, input: 'x', output: 'y', outputShape: [outputs], ...members } as never],
    loss,
  );
const zeros = (model: ModelSpec): Parameters => createParameters(layoutOf(model));
const length = (values: Float32Array): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
const everyone = { kind: 'poisson', probability: 1, steps: 1, expectedSize: 10 } as const;

describe('a plan can not bring it about', () => {
  it('that one record adds more than the clip norm, by uses of a tensor that cancel', async () => {
    // 7a w - 3a w - 4a w is 0 for every w, and its gradient by example 0, to the bit. Scaled one by one, 7a and 3a are rounded.
    const width = 8;
    const uses = [7, -3, -4].map((factor) => ({ factor, name: `${factor}` }));
    const model = graph([width], 4, {
      nodes: [
        ...uses.flatMap(({ name }) => [
          { op: 'Mul', inputs: ['x', `times ${name}`], outputs: [`x ${name}`] },
          { op: 'MatMul', inputs: [`x ${name}`, 'w'], outputs: [`y ${name}`] },
        ]),
        { op: 'Add', inputs: ['y 7', 'y -3'], outputs: ['two'] },
        { op: 'Add', inputs: ['two', 'y -4'], outputs: ['none'] },
        { op: 'Add', inputs: ['none', 'b'], outputs: ['y'] },
      ],
      constants: uses.map(({ factor, name }) => ({
        ...{ name: `times ${name}`, type: 'float32', shape: [], values: [factor] },
      })),
      tensors: [
        { name: 'w', shape: [width, 4] },
        { name: 'b', shape: [4] },
      ],
    });
    const features = new Float32Array(width).fill(2 ** 60);
    const one = { count: 1, featureShape: [width], features, labels: Float32Array.of(1) };
    const { sum, norms } = await clippedSum(model, zeros(model), one, 0.1);
    expect(norms[0]).toBeCloseTo(Math.sqrt(12) / 4, 5);
    expect(length(sum)).toBeLessThanOrEqual(0.1);
    expect(length(sum)).toBeGreaterThan(0.0999);
  });

  it('that one record adds more than the clip norm, by positions that cancel', async () => {
    // A gradient that is the sum over positions of rows that add up to 0, each of some 1e15.
    const [positions, width, outputs] = [64, 256, 256];
    const model = graph([positions * width], outputs, {
      nodes: [
        { op: 'Reshape', inputs: ['x', 'rows'], outputs: ['r'] },
        { op: 'MatMul', inputs: ['r', 'w'], outputs: ['p'] },
        { op: 'ReduceSum', inputs: ['p', 'axis'], outputs: ['q'], attributes: { keepdims: 0 } },
        { op: 'Add', inputs: ['q', 'b'], outputs: ['y'] },
      ],
      constants: [
        { name: 'rows', type: 'int64', shape: [3], values: [-1, positions, width] },
        { name: 'axis', type: 'int64', shape: [1], values: [1] },
      ],
      tensors: [
        { name: 'w', shape: [width, outputs] },
        { name: 'b', shape: [outputs] },
      ],
    });
    const random = new Random(5);
    const features = new Float32Array(positions * width);
    for (let column = 0; column < width; column++) {
      let rest = 0;
      for (let row = 0; row < positions - 1; row++) {
        const value = random.integer(0, 1000) * 2 ** 40 * (row < positions / 2 ? 1 : -1);
        features[row * width + column] = value;
        rest -= value;
      }
      features[(positions - 1) * width + column] = rest;
    }
    const one = { count: 1, featureShape: [positions * width], features, labels: Float32Array.of(0) };
    const { sum } = await clippedSum(model, zeros(model), one, 0.1);
    expect(length(sum)).toBeLessThanOrEqual(0.1);
  });

  it('that one record adds more than the clip norm, by rows that are scaled to below the normal numbers', async () => {
    // Gradients of 1e-7 by inputs of 1e38: scaled to the clip norm they are some 1e-43, where a tenth of a thousandth is rounded.
    const [width, clipNorm] = [64, 1e-3];
    const model = spec(
      [width],
      [
        { type: 'dense', units: 40, bias: false },
        { type: 'scale', factor: 1e-7 },
      ],
    );
    const longest = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const features = new Float32Array(width).fill(10 ** (37 + i / 16));
        const one = { count: 1, featureShape: [width], features, labels: Float32Array.of(0) };
        return length((await clippedSum(model, zeros(model), one, clipNorm)).sum);
      }),
    );
    expect(Math.max(...longest)).toBeLessThanOrEqual(clipNorm);
  });

  it('that examples stand in the place of classes', async () => {
    const members = {
      nodes: [
        { op: 'MatMul', inputs: ['x', 'w'], outputs: ['z'] },
        { op: 'Transpose', inputs: ['z'], outputs: ['y'] },
      ],
      tensors: [{ name: 'w', shape: [4, 3] }],
    };
    const model = graph([4], 3, members);
    const three = { count: 3, featureShape: [4], features: new Float32Array(12), labels: Float32Array.of(0, 1, 2) };
    const refused = { code: 'CONFIG_INCOMPATIBLE', subject: '0.graph.y' };
    await expect(clippedSum(model, zeros(model), three, 1)).rejects.toMatchObject(refused);
    expect(() => onnxTrainer().validate!(planOf(model, everyone))).toThrow(expect.objectContaining(refused));
  });

  it('that a record is told of by the words of an error', async () => {
    const model = graph([1], 2, {
      nodes: [
        { op: 'Cast', inputs: ['x'], outputs: ['row'], attributes: { to: 7 } },
        { op: 'Gather', inputs: ['table', 'row'], outputs: ['rows'] },
        { op: 'Reshape', inputs: ['rows', 'shape'], outputs: ['y'] },
      ],
      constants: [{ name: 'shape', type: 'int64', shape: [2], values: [-1, 2] }],
      tensors: [{ name: 'table', shape: [10, 2] }],
    });
    const one = (row: number) => ({
      ...{ count: 1, featureShape: [1], features: Float32Array.of(row), labels: Float32Array.of(1) },
    });
    await expect(clippedSum(model, zeros(model), one(7), 1)).resolves.toBeDefined();
    await expect(clippedSum(model, zeros(model), one(4711), 1)).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
      message: expect.stringMatching(/^(?!.*4711).*at the operator Gather: the data may ask for a row/) as string,
    });
  });
});

import { createLayout, modelSpecSchema, Random, type LossName, type ModelSpecInput } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { stepDropout } from './dropout.js';
import { lossGradients } from './loss.js';
import { createNetwork } from './network.js';

const network = (layers: ModelSpecInput['layers'], loss: LossName, inputs = 3) =>
  createNetwork(modelSpecSchema.parse({ inputShape: [inputs], layers, loss }));

const draws = (n: number, seed: string): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

describe('createNetwork', () => {
  it('gives the softmax regression that one computes by hand', () => {
    const { layout, outputs, gradient } = network([{ type: 'dense', units: 2 }], 'softmax-cross-entropy', 2);
    expect(layout).toEqual(
      createLayout([
        { name: '0.dense.kernel', shape: [2, 2] },
        { name: '0.dense.bias', shape: [2] },
      ]),
    );
    const weights = [0.5, -1, 2, 0.25, 0.1, -0.2];
    const x = [3, -2];
    const logits = [3 * 0.5 - 2 * 2 + 0.1, 3 * -1 - 2 * 0.25 - 0.2]; // -2.4, -3.7
    expect([...outputs(weights, x)]).toEqual(logits.map((z) => expect.closeTo(z, 12)));
    const p = 1 / (1 + Math.exp(logits[1]! - logits[0]!)); // of class 0
    const into = new Float64Array(6);
    expect(gradient(weights, x, 1, into)).toBeCloseTo(-Math.log(1 - p), 12);
    // x (p - y) for the kernel, p - y for the bias; the label is 1
    const expected = [3 * p, -3 * p, -2 * p, 2 * p, p, -p];
    expect([...into]).toEqual(expected.map((g) => expect.closeTo(g, 12)));
  });

  it('adds to the gradient that is there', () => {
    const { gradient } = network([{ type: 'dense', units: 1, bias: false }], 'squared-error', 1);
    const into = Float64Array.of(10);
    expect(gradient([2], [3], 5, into)).toBe(0.5); // (6 - 5)^2 / 2
    expect([...into]).toEqual([13]); // 10 + 3 (6 - 5)
  });

  it.each(['relu', 'tanh', 'sigmoid', 'elu'] as const)('has the gradient of finite differences through %s', (name) => {
    for (const [loss, units, label] of [
      ['softmax-cross-entropy', 3, 2],
      ['sigmoid-cross-entropy', 1, 1],
      ['sigmoid-cross-entropy', 1, 0],
      ['squared-error', 1, -0.7],
    ] as const) {
      const { layout, gradient } = network(
        [
          { type: 'dense', units: 4 },
          { type: 'activation', function: name },
          { type: 'dense', units, bias: false },
        ],
        loss,
      );
      const weights = draws(layout.size, name);
      const x = draws(3, `${name} input`);
      const analytic = new Float64Array(layout.size);
      gradient(weights, x, label, analytic);
      for (let i = 0; i < weights.length; i++) {
        const lossAt = (w: number): number => gradient(weights.with(i, w), x, label, new Float64Array(layout.size));
        const numeric = (lossAt(weights[i]! + 1e-6) - lossAt(weights[i]! - 1e-6)) / 2e-6;
        expect(analytic[i]).toBeCloseTo(numeric, 6);
      }
    }
  });

  it('has the gradient of what is left after dropout', () => {
    const { layout, gradient } = network(
      [
        { type: 'dense', units: 6 },
        { type: 'dropout', rate: 0.5 },
        { type: 'dense', units: 2 },
      ],
      'softmax-cross-entropy',
    );
    const weights = draws(layout.size, 'dropout');
    const x = draws(3, 'dropout input');
    const lossAt = (w: Float64Array, into = new Float64Array(layout.size)): number =>
      gradient(w, x, 0, into, stepDropout({ key: new Random('mask').key(), rounds: 8 }, 0)(0));
    const analytic = new Float64Array(layout.size);
    lossAt(weights, analytic);
    expect(analytic.some((g) => g === 0)).toBe(true); // something was dropped
    for (let i = 0; i < weights.length; i++) {
      const numeric =
        (lossAt(weights.with(i, weights[i]! + 1e-6)) - lossAt(weights.with(i, weights[i]! - 1e-6))) / 2e-6;
      expect(analytic[i]).toBeCloseTo(numeric, 6);
    }
  });

  it('stays finite for logits of a thousand', () => {
    const softmax = network([{ type: 'dense', units: 2, bias: false }], 'softmax-cross-entropy', 1);
    expect(softmax.gradient([1000, -1000], [1], 1, new Float64Array(2))).toBe(2000);
    const sigmoid = network([{ type: 'dense', units: 1, bias: false }], 'sigmoid-cross-entropy', 1);
    expect(sigmoid.gradient([-1000], [1], 1, new Float64Array(1))).toBe(1000);
  });

  const flatten = { type: 'flatten' } as const;
  const head = { type: 'dense', units: 2 } as const;
  it.each<[string, number[], ModelSpecInput['layers']]>([
    ['conv1d', [7, 2], [{ type: 'conv1d', filters: 3, kernelSize: 3, stride: 2, padding: 'same' }, flatten, head]],
    ['conv1d without bias', [7, 2], [{ type: 'conv1d', filters: 2, kernelSize: 2, bias: false }, flatten, head]],
    [
      'conv2d',
      [5, 4, 2],
      [{ type: 'conv2d', filters: 3, kernelSize: [2, 3], stride: [2, 1], padding: 'same' }, flatten, head],
    ],
    [
      'max-pool1d',
      [7, 2],
      [{ type: 'conv1d', filters: 2, kernelSize: 2 }, { type: 'max-pool1d', kernelSize: 3, stride: 2 }, flatten, head],
    ],
    [
      'average-pool2d',
      [5, 4, 1],
      [
        { type: 'conv2d', filters: 2, kernelSize: [2, 2] },
        { type: 'average-pool2d', kernelSize: [2, 3] },
        flatten,
        head,
      ],
    ],
    [
      'group-norm',
      [3, 4],
      [{ type: 'conv1d', filters: 4, kernelSize: 2 }, { type: 'group-norm', groups: 2 }, flatten, head],
    ],
  ])('has the gradient of finite differences through %s', (name, inputShape, layers) => {
    const { layout, gradient } = createNetwork(
      modelSpecSchema.parse({ inputShape, layers, loss: 'softmax-cross-entropy' }),
    );
    const weights = draws(layout.size, name);
    const x = draws(
      inputShape.reduce((a, b) => a * b, 1),
      `${name} input`,
    );
    const analytic = new Float64Array(layout.size);
    gradient(weights, x, 1, analytic);
    for (let i = 0; i < weights.length; i++) {
      const lossAt = (w: number): number => gradient(weights.with(i, w), x, 1, new Float64Array(layout.size));
      const numeric = (lossAt(weights[i]! + 1e-6) - lossAt(weights[i]! - 1e-6)) / 2e-6;
      expect(analytic[i]).toBeCloseTo(numeric, 6);
    }
  });

  it('convolves, pools and pads as one does by hand', () => {
    const outputs = (inputShape: number[], layer: ModelSpecInput['layers'][number], weights: number[], x: number[]) => {
      const layers = [layer, { type: 'flatten' } as const, { type: 'dense', units: 1, bias: false } as const];
      const { layout, outputs } = createNetwork(modelSpecSchema.parse({ inputShape, layers, loss: 'squared-error' }));
      const ends = layout.tensors.at(-1)!.size;
      // The last layer reads one value of what comes before it.
      return Array.from({ length: ends }, (_, i) => outputs([...weights, ...Array(ends).fill(0).with(i, 1)], x)[0]!);
    };
    const conv = { type: 'conv1d', filters: 1, kernelSize: 3, bias: false } as const;
    expect(outputs([4, 1], conv, [1, 10, 100], [1, 2, 3, 4])).toEqual([321, 432]);
    expect(outputs([4, 1], { ...conv, padding: 'same' }, [1, 10, 100], [1, 2, 3, 4])).toEqual([210, 321, 432, 43]);
    // 4 positions, 2 apart: one value is missing, and it is missing at the end
    expect(outputs([4, 1], { ...conv, padding: 'same', stride: 2 }, [1, 10, 100], [1, 2, 3, 4])).toEqual([321, 43]);
    const two = { type: 'conv2d', filters: 2, kernelSize: [1, 2], bias: true } as const;
    expect(outputs([1, 2, 1], two, [1, 2, 3, 4, 100, 200], [5, 6])).toEqual([123, 234]);
    const pool = { kernelSize: [2, 2], stride: [2, 1] } as const;
    const image = [1, 9, 2, 4, 3, 8]; // two rows of three
    expect(outputs([2, 3, 1], { type: 'max-pool2d', ...pool }, [], image)).toEqual([9, 9]);
    expect(outputs([2, 3, 1], { type: 'average-pool2d', ...pool }, [], image)).toEqual([17 / 4, 22 / 4]);
    const norm = { type: 'group-norm', groups: 1, epsilon: 3 } as const;
    expect(outputs([2, 1], norm, [2, 10], [1, 3])).toEqual([9, 11]); // variance 1 + 3, deviation 2
  });
});

describe('lossGradients', () => {
  it('is the Cox loss that one works out by hand, with ties', () => {
    const scores = [1, 2, 3, 4, 5].map((hazard) => Float64Array.of(Math.log(hazard)));
    const { losses, gradients } = lossGradients('cox', scores, [1, 2, 2, -2, -3]);
    const expected = [Math.log(15), Math.log(14 / 2), Math.log(14 / 3), 0, 0];
    expect(losses).toEqual(expected.map((loss) => expect.closeTo(loss, 12)));
    const both = 1 / 15 + 2 / 14;
    const slopes = [1 / 15 - 1, 2 * both - 1, 3 * both - 1, 4 * both, 5 * both];
    expect(gradients.flatMap((g) => [...g])).toEqual(slopes.map((slope) => expect.closeTo(slope, 12)));
  });
});

import { createLayout, modelSpecSchema, Random, type LossName, type ModelSpecInput } from '@fedward/core';
import { describe, expect, it } from 'vitest';
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
      gradient(w, x, 0, into, new Random('mask'));
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

  it('refuses a layer that it does not know, naming it', () => {
    const model = modelSpecSchema.parse({
      inputShape: [4, 4, 1],
      layers: [{ type: 'conv2d', filters: 1, kernelSize: [2, 2] }, { type: 'flatten' }, { type: 'dense', units: 2 }],
      loss: 'softmax-cross-entropy',
    });
    expect(() => createNetwork(model)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'model.layers.0' }),
    );
  });
});

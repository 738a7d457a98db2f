import { layoutOf, modelSpecSchema, Random, sameLayout, tensorValues } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialParameters, logisticRegression, tutorialMlp } from './index.js';

/** One of each layer that has tensors. */
const convolutional = modelSpecSchema.parse({
  inputShape: [9, 8, 3],
  layers: [
    { type: 'conv2d', filters: 16, kernelSize: [5, 4] },
    { type: 'group-norm', groups: 4 },
    { type: 'flatten' },
    { type: 'dense', units: 2 },
  ],
  loss: 'softmax-cross-entropy',
});

describe('initialParameters', () => {
  it('is in the layout of the spec', () => {
    expect(sameLayout(initialParameters(convolutional, new Random(1)).layout, layoutOf(convolutional))).toBe(true);
  });

  it.each([
    ['0.conv2d.kernel', 5 * 4 * 3],
    ['0.conv2d.bias', 5 * 4 * 3],
    ['3.dense.kernel', 5 * 5 * 16],
    ['3.dense.bias', 5 * 5 * 16],
  ])('%s lies within 1/sqrt(%i), on both sides', (name, fanIn) => {
    const bound = Math.fround(1 / Math.sqrt(fanIn));
    let least = Infinity;
    let most = -Infinity;
    for (let seed = 0; seed < 100; seed++) {
      for (const x of tensorValues(initialParameters(convolutional, new Random(seed)), name)) {
        least = Math.min(least, x);
        most = Math.max(most, x);
      }
    }
    expect(least).toBeGreaterThanOrEqual(-bound);
    expect(most).toBeLessThanOrEqual(bound);
    // 200 draws or more: the chance that none is in the outer tenth of a side is below 1e-4.
    expect(least).toBeLessThan(-0.9 * bound);
    expect(most).toBeGreaterThan(0.9 * bound);
  });

  it('has the moments of the uniform distribution: mean 0, variance bound^2 / 3', () => {
    const values = tensorValues(initialParameters(tutorialMlp(), new Random(7)), '0.dense.kernel');
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    const bound = 0.1; // fan-in 100
    // Five standard errors of 6,400 draws: sd of x is bound/sqrt(3), sd of x^2 is bound^2 sqrt(4/45).
    expect(Math.abs(mean)).toBeLessThan((5 * bound) / Math.sqrt(3 * 6400));
    expect(Math.abs(square - bound ** 2 / 3)).toBeLessThan(5 * bound ** 2 * Math.sqrt(4 / 45 / 6400));
  });

  it('starts group norm as the identity', () => {
    const parameters = initialParameters(convolutional, new Random(3));
    expect([...tensorValues(parameters, '1.group-norm.scale')]).toEqual(Array(16).fill(1));
    expect([...tensorValues(parameters, '1.group-norm.shift')]).toEqual(Array(16).fill(0));
  });

  it('gives the same weights for the same seed, others for another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        fc.pre(a !== b);
        const spec = logisticRegression({ inputSize: 5 });
        const first = initialParameters(spec, new Random(a)).values;
        expect(initialParameters(spec, new Random(a)).values).toEqual(first);
        expect(initialParameters(spec, new Random(b)).values).not.toEqual(first);
      }),
    );
  });

  it('draws each tensor by its name, whatever else the model or the stream holds', () => {
    const random = new Random(11);
    const two = initialParameters(tutorialMlp({ classes: 2 }), random);
    random.normal();
    const three = initialParameters(tutorialMlp({ classes: 3 }), random);
    expect(tensorValues(three, '3.dense.kernel')).toEqual(tensorValues(two, '3.dense.kernel'));
    // In units of each tensor's bound, no two start alike.
    const starts = two.layout.tensors.map(({ name }) => {
      const fanIn = { 0: 100, 3: 64, 6: 32 }[name[0]!]!;
      return (tensorValues(two, name)[0]! * Math.sqrt(fanIn)).toFixed(5);
    });
    expect(new Set(starts).size).toBe(6);
  });
});
